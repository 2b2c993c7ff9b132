"""The original's pre-processing as an option."""

from types import SimpleNamespace

import pytest

from training import cleaning
from training.errors import LexiconMissing


def test_keywords_are_lemmas_without_stop_words_or_punctuation() -> None:
    text = "The millers  were\nselling (old) boats; nobody bought them!"
    assert list(cleaning.keywords([text, ""])) == ["miller sell old boat buy", ""]


@pytest.mark.parametrize(("text", "folded"), [("A  b\n\tc", "a b c"), ("Don't — stop!", "dont  stop"), ("", "")])
def test_fold(text: str, folded: str) -> None:
    assert cleaning.fold(text) == folded


def test_missing_tables_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import spacy.lookups

    monkeypatch.setattr(spacy.util, "is_package", lambda name: False)
    monkeypatch.setattr(spacy.lookups, "registry", SimpleNamespace(lookups={}))
    with pytest.raises(LexiconMissing, match="spacy-lookups-data"):
        list(cleaning.keywords(["text"]))
