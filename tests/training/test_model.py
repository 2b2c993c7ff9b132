"""Models from scratch, and the refusal of others, damaged ones and other architectures."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.training.conftest import Run
from tests.training.shelf import TINY, story
from training import model
from training.config import TrainConfig
from training.errors import ModelUnusable, WrongArchitecture

CONFIG = TrainConfig(data=Path("d"), out=Path("o"), **TINY)


def test_tokenizer_from_scratch_keeps_any_text_and_barts_special_ids() -> None:
    _, tokenizer = model.make(CONFIG, [story(1)])
    text = "Any text — naïve, Жук, 東京, 🦉 & <tags>\n"
    ids = tokenizer(text)["input_ids"]
    assert tokenizer.decode(ids, skip_special_tokens=True) == text
    assert (ids[0], ids[-1]) == (tokenizer.bos_token_id, tokenizer.eos_token_id) == (0, 2)
    assert (tokenizer.pad_token_id, tokenizer.mask_token_id) == (1, 4)


def test_generation_config_starts_with_2_and_has_a_length() -> None:
    made, _ = model.make(CONFIG, [story(1)])
    model.set_lengths(made, 99)
    settings = made.generation_config
    assert (settings.decoder_start_token_id, settings.forced_bos_token_id, settings.forced_eos_token_id) == (2, 0, 2)
    assert settings.max_length == 99


def test_length_of_a_checkpoint_is_kept() -> None:
    made, _ = model.make(CONFIG, [story(1)])
    made.generation_config.max_length = 142
    model.set_lengths(made, 99)
    assert made.generation_config.max_length == 142


def broken(run: Run, out: Path, **config: Any) -> Path:
    """A copy of the model with other entries in its config.json."""
    shutil.copytree(run.run / "model", out)
    path = out / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | config))
    return out


def test_other_kind_of_model_is_refused_by_name(finished_run: Run, tmp_path: Path) -> None:
    with pytest.raises(WrongArchitecture, match="is a t5 model, not a bart model"):
        model.load(str(broken(finished_run, tmp_path / "t5", model_type="t5")))


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "tokenizer.json"])
def test_missing_file_is_refused(name: str, finished_run: Run, tmp_path: Path) -> None:
    (broken(finished_run, tmp_path / "m") / name).unlink()
    with pytest.raises(ModelUnusable):
        model.load(str(tmp_path / "m"))


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "generation_config.json"])
@pytest.mark.parametrize("content", ["{", "[]", "{}"])
def test_damaged_file_is_refused_or_not_needed(name: str, content: str, finished_run: Run, tmp_path: Path) -> None:
    (broken(finished_run, tmp_path / "m") / name).write_text(content)
    if (name, content) == ("generation_config.json", "{}"):
        assert model.load(str(tmp_path / "m"))
        return
    with pytest.raises((ModelUnusable, WrongArchitecture)):
        model.load(str(tmp_path / "m"))


@pytest.mark.parametrize("size", [0, 8, 100_000])
def test_truncated_weights_are_refused(size: int, finished_run: Run, tmp_path: Path) -> None:
    weights = broken(finished_run, tmp_path / "m") / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:size])
    with pytest.raises(ModelUnusable):
        model.load(str(tmp_path / "m"))


def test_missing_weights_are_not_made_up(finished_run: Run, tmp_path: Path) -> None:
    with pytest.raises(ModelUnusable, match=r"lacks \d+ of its weights"):
        model.load(str(broken(finished_run, tmp_path / "m", encoder_layers=3)))


def test_tokenizer_larger_than_the_model_is_refused(finished_run: Run, tmp_path: Path) -> None:
    folder = broken(finished_run, tmp_path / "m")
    tokenizer = json.loads((folder / "tokenizer.json").read_text())
    tokenizer["added_tokens"].append(tokenizer["added_tokens"][0] | {"id": 600, "content": "<new>"})
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    with pytest.raises(ModelUnusable, match="has 601 entries, its model 600"):
        model.load(str(folder))


def test_model_that_is_nowhere_is_refused() -> None:
    with pytest.raises(ModelUnusable, match="nobody/no-such-model cannot be loaded"):
        model.load("nobody/no-such-model")
