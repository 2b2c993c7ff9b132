"""The neural engines on a tiny real checkpoint: real torch, transformers, ctranslate2 and tokenizers."""

from __future__ import annotations

import json
import random
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bart_service import models
from bart_service.checkpoint import Checkpoint
from bart_service.ctranslate2_engine import CTranslate2Engine, split
from bart_service.engine import Generation, Piece
from bart_service.transformers_engine import TransformersEngine
from modelkit import store
from modelkit.engine import EngineUnavailable
from tests.bart_service import tiny

ENGINES = [CTranslate2Engine, TransformersEngine]


@pytest.fixture
def copy(model_folder: Path, tmp_path: Path) -> Path:
    """A fetched model that a test may damage."""
    return Path(shutil.copytree(model_folder, tmp_path / "models" / "tiny"))


def loaded(kind: type, folder: Path, compute_type: str = "float32"):
    engine = kind(folder, device="cpu", compute_type=compute_type, threads=1)
    engine.load()
    return engine


@pytest.fixture(scope="module")
def engines(model_folder: Path):
    return [loaded(kind, model_folder) for kind in ENGINES]


def pieces(engine, count: int, generation: Generation | None = None) -> list[Piece]:
    rng = random.Random(7)
    texts = [tiny.prose(seed, rng.randint(1, 5)) for seed in range(count)]
    return [Piece(text, engine.encode(text), generation=generation or engine.generation) for text in texts]


def in_batches(engine, work: list[Piece], size: int) -> list[str]:
    return [
        output.text for start in range(0, len(work), size) for output in engine.generate(work[start : start + size])
    ]


def test_ctranslate2_writes_what_transformers_writes_over_200_texts(engines):
    converted, reference = engines
    work = pieces(converted, 200)
    one, other = in_batches(converted, work, 8), in_batches(reference, work, 8)
    assert one == other
    assert len(set(one)) > 50
    assert len({len(text.split()) for text in one}) > 3


@pytest.mark.parametrize(
    "change",
    [{"num_beams": 1}, {"num_beams": 2, "max_tokens": 40}, {"no_repeat_ngram_size": 0}, {"length_penalty": 0.5},
     {"min_tokens": 12, "max_tokens": 12}],
)  # fmt: skip
def test_every_setting_means_the_same_to_both(engines, change):
    generation = replace(engines[0].generation, **change)
    one, other = (in_batches(engine, pieces(engine, 24, generation), 8) for engine in engines)
    assert one == other


@pytest.mark.parametrize("which", [0, 1])
def test_batched_output_is_unbatched_output(engines, which):
    work = pieces(engines[which], 24)
    assert in_batches(engines[which], work, 6) == in_batches(engines[which], work, 1)


@pytest.mark.parametrize(
    ("lengths", "groups"),
    [([], []), ([7], [[0]]), ([9, 9], [[0], [1]]), ([100] * 8, [[0, 1, 2, 3], [4, 5, 6, 7]]),
     ([100, 1000, 95, 950], [[1, 3], [0, 2]]), ([10, 500, 90], [[1], [2], [0]]), ([50] * 20, None)],
)  # fmt: skip
def test_a_batch_is_split_into_groups_of_nearly_the_same_length(lengths, groups):
    made = split(lengths)
    assert groups is None or made == groups
    assert sorted(index for group in made for index in group) == list(range(len(lengths)))
    assert all(len(group) <= 4 for group in made)


def test_two_lanes_write_what_one_writes(engines, model_folder):
    lanes = CTranslate2Engine(model_folder, device="cpu", compute_type="float32", threads=2)
    lanes.load()
    work = pieces(lanes, 25)
    assert in_batches(lanes, work, 5) == in_batches(engines[0], work, 5)


@pytest.mark.parametrize("which", [0, 1])
def test_lengths_are_kept(engines, which):
    generation = replace(engines[which].generation, min_tokens=9, max_tokens=11)
    counts = {output.tokens for output in engines[which].generate(pieces(engines[which], 8, generation))}
    assert counts <= {9, 10, 11}


def test_int8_stays_close_to_float32(model_folder):
    exact, rounded = (loaded(CTranslate2Engine, model_folder, kind) for kind in ("float32", "int8"))
    work = pieces(exact, 40)
    same = sum(
        one == other for one, other in zip(in_batches(exact, work, 8), in_batches(rounded, work, 8), strict=True)
    )
    assert same > 0
    assert rounded.status().limits["compute_type"] == "int8"


def test_the_checkpoints_own_generation_settings_are_the_defaults(engines):
    made = engines[0].generation
    assert (made.num_beams, made.no_repeat_ngram_size, made.length_penalty) == (4, 3, 2.0)
    assert (made.min_tokens, made.max_tokens) == (4 - 2, 24 - 3)
    assert engines[0].window == 126


def test_decoding_starts_with_the_checkpoints_token(model_folder):
    point = Checkpoint.read(model_folder / "hf")
    assert (point.decoder_start_id, point.forced_bos_id) == (2, 0)


@pytest.mark.parametrize(
    "text", ["<mask> </s> <s> <pad>", "日本語のテキスト", "😀" * 50, "x" * 100_000, "\u202e\ufeff"]
)
@pytest.mark.parametrize("which", [0, 1])
def test_any_text_gets_an_answer(engines, which, text):
    engine = engines[which]
    ids = engine.encode(text)
    assert len(ids) <= engine.window + 2
    assert not {0, 1, 2, 4} & set(ids[1:-1])
    assert engine.generate([Piece(text, ids, generation=engine.generation)])[0].tokens <= 21


@pytest.mark.parametrize("kind", ENGINES)
def test_no_model_on_disk_is_a_reason(kind, tmp_path):
    with pytest.raises(EngineUnavailable, match="make models"):
        loaded(kind, tmp_path / "none")


@pytest.mark.parametrize("kind", ENGINES)
def test_a_folder_without_manifest_was_not_finished(kind, copy):
    (copy / store.MANIFEST).unlink()
    with pytest.raises(EngineUnavailable, match="not finished"):
        loaded(kind, copy)


@pytest.mark.parametrize("kind", ENGINES)
@pytest.mark.parametrize("content", ["", "{", "[]", '{"name": 1}', "\x00\xff"])
def test_a_broken_manifest_is_a_reason(kind, copy, content):
    (copy / store.MANIFEST).write_text(content)
    with pytest.raises(EngineUnavailable, match="manifest"):
        loaded(kind, copy)


@pytest.mark.parametrize(
    ("kind", "path"),
    [(CTranslate2Engine, "ct2-float32/model.bin"), (CTranslate2Engine, "hf/tokenizer.json"),
     (TransformersEngine, "hf/model.safetensors"), (TransformersEngine, "hf/config.json")],
)  # fmt: skip
@pytest.mark.parametrize("damage", ["flip", "cut", "remove"])
def test_a_damaged_file_is_named(kind, path, damage, copy):
    data = bytearray((copy / path).read_bytes())
    if damage == "remove":
        (copy / path).unlink()
    else:
        data[len(data) // 2] ^= 1
        (copy / path).write_bytes(data[: len(data) // 2] if damage == "cut" else data)
    with pytest.raises(EngineUnavailable, match=f"{path} is damaged"):
        loaded(kind, copy)


def forge(folder: Path, path: str, data: bytes) -> None:
    """Change a file and the manifest with it, as a wrong conversion would."""
    (folder / path).write_bytes(data)
    manifest = store.read(folder)
    files = {**manifest.files, path: store.describe(folder / path)}
    (folder / store.MANIFEST).write_text(manifest.model_copy(update={"files": files}).model_dump_json())


@pytest.mark.parametrize("data", [b"", b"random" * 100, b"\x06\x00\x00\x00"])
def test_a_half_converted_model_is_a_reason(copy, data):
    forge(copy, "ct2-float32/model.bin", data)
    with pytest.raises(EngineUnavailable, match=r"ct2-float32 of model .* cannot be loaded"):
        loaded(CTranslate2Engine, copy)


@pytest.mark.parametrize("data", [b"", b"random" * 100])
def test_weights_that_are_not_safetensors_are_a_reason(copy, data):
    forge(copy, "hf/model.safetensors", data)
    with pytest.raises(EngineUnavailable, match="cannot be loaded"):
        loaded(TransformersEngine, copy)


@pytest.mark.parametrize("kind", ENGINES)
@pytest.mark.parametrize("data", [b"", b"{}", b"\xff\xfe"])
def test_a_tokenizer_that_cannot_be_read_is_a_reason(kind, copy, data):
    forge(copy, "hf/tokenizer.json", data)
    with pytest.raises(EngineUnavailable, match="tokenizer"):
        loaded(kind, copy)


@pytest.mark.parametrize("kind", ENGINES)
@pytest.mark.parametrize(
    "change", [{"vocab_size": 100}, {"bos_token_id": 7}, {"model_type": "t5"}, {"vocab_size": "x"}]
)
def test_a_tokenizer_that_does_not_fit_the_model_is_a_reason(kind, copy, change):
    config = json.loads((copy / "hf/config.json").read_text())
    forge(copy, "hf/config.json", json.dumps({**config, **change}).encode())
    with pytest.raises(EngineUnavailable, match=r"tokenizer|model_type"):
        loaded(kind, copy)


@pytest.mark.parametrize("kind", ENGINES)
def test_a_device_or_a_format_that_is_not_there_is_a_reason(kind, model_folder):
    with pytest.raises(EngineUnavailable, match="BART_COMPUTE_TYPE"):
        loaded(kind, model_folder, "int8_float16")
    with pytest.raises(EngineUnavailable, match="BART_DEVICE"):
        kind(model_folder, device="cuda").load()


def test_a_checkpoint_with_the_mask_token_outside_the_model_is_served(tmp_path):
    source = tiny.save_checkpoint(tmp_path / "source", mask_outside=True)
    folder = tmp_path / "m"
    models.fetch(str(source), folder, formats=["float32"])
    for kind in ENGINES:
        engine = loaded(kind, folder)
        ids = engine.encode("a <mask> b")
        assert engine.generate([Piece("x", ids, generation=engine.generation)])[0].tokens
