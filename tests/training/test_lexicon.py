"""WordNet's database files, read from a folder we write and, where it is installed, from the real one."""

from pathlib import Path

import pytest

from training.config import PrepareConfig
from training.errors import LexiconMissing
from training.lexicon import WordNet

REAL = PrepareConfig.model_fields["wordnet"].default


def write_wordnet(folder: Path) -> Path:
    """A database of one synset for each part of speech, in the format of wndb(5WN)."""
    folder.mkdir(exist_ok=True)
    synsets = {
        "noun": ("n", ["boat", "ship", "water_craft", "Boat"]),
        "verb": ("v", ["boat", "row"]),
        "adj": ("s", ["old", "aged(p)"]),
        "adv": ("r", ["soon", "shortly"]),
    }
    for part, (kind, members) in synsets.items():
        listed = " ".join(f"{member} 0" for member in members)
        licence = "  1 a line that begins with two blanks is a comment\n"
        synset = f"{len(licence):08d} 06 {kind} {len(members):02x} {listed} 001 @ 00000000 n 0000 | a gloss  \n"
        (folder / f"data.{part}").write_text(licence + synset, "ascii")
        lemmas = "".join(f"{m.split('(')[0].lower()} {kind} 1 1 @ 1 0 {len(licence):08d}  \n" for m in members)
        (folder / f"index.{part}").write_text(licence + lemmas, "ascii")
    return folder


def test_synonyms_are_the_other_single_words_of_the_first_sense(tmp_path: Path) -> None:
    wordnet = WordNet(write_wordnet(tmp_path))
    assert wordnet.synonyms("Boat") == ("ship", "row")
    assert wordnet.synonyms("old") == ("aged",)
    assert wordnet.synonyms("unheard") == ()


def test_missing_database_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(LexiconMissing, match="install Debian's wordnet-base"):
        WordNet(tmp_path)


@pytest.mark.parametrize("line", ["boat n 1", "boat n 1 1 @ 1 0 99999999", "boat n x 1 @ 1 0 00000000"])
def test_damaged_database_is_refused(tmp_path: Path, line: str) -> None:
    write_wordnet(tmp_path)
    (tmp_path / "index.noun").write_text(line + "\n", "ascii")
    with pytest.raises(LexiconMissing):
        WordNet(tmp_path)


@pytest.mark.skipif(not (REAL / "index.noun").exists(), reason="Debian's wordnet-base is not installed")
def test_real_wordnet_knows_boasting_is_bragging() -> None:
    wordnet = WordNet(REAL)
    assert "brag" in wordnet.synonyms("boast")
    assert "promptly" in wordnet.synonyms("quick")
