"""Token ids: limits, counts, and labels that the loss leaves out."""

from pathlib import Path

from tests.training.shelf import TINY, story
from training import model
from training.config import TrainConfig
from training.encode import IGNORED, encode

CONFIG = TrainConfig(data=Path("d"), out=Path("o"), **TINY)
ROWS = [{"text": story(1), "summary": "The miller sold the boat. " * 30}, {"text": "Short.", "summary": "Brief."}]


def test_long_texts_are_cut_with_their_end_kept_and_counted() -> None:
    _, tokenizer = model.make(CONFIG, [story(1)])
    encoded, cut = encode(ROWS, tokenizer, CONFIG)
    assert cut == {"sources_cut": 1, "targets_cut": 1}
    assert (len(encoded[0]["input_ids"]), len(encoded[0]["labels"])) == (CONFIG.max_source, CONFIG.max_target)
    for row in encoded:
        assert (row["input_ids"][0], row["input_ids"][-1], row["labels"][-1]) == (0, 2, 2)
        assert row["length"] == len(row["input_ids"]) == sum(row["attention_mask"])


def test_padding_to_the_full_length_never_counts_as_a_label() -> None:
    _, tokenizer = model.make(CONFIG, [story(1)])
    encoded, _ = encode(ROWS, tokenizer, CONFIG.model_copy(update={"padding": "max"}))
    short = encoded[1]
    assert len(short["input_ids"]) == len(short["attention_mask"]) == CONFIG.max_source
    assert len(short["labels"]) == CONFIG.max_target
    words = sum(short["attention_mask"])
    assert set(short["input_ids"][words:]) == {tokenizer.pad_token_id}
    assert tokenizer.pad_token_id not in short["labels"]
    assert short["labels"].count(IGNORED) > CONFIG.max_target / 2
