"""Synonyms from Princeton WordNet's own database files (Debian: wordnet-base), read without a library or download.

The format is described in the manual page wndb(5WN). Only single words are offered, only from a word's most frequent
sense, and never the word itself.
"""

from __future__ import annotations

from pathlib import Path

from training.errors import LexiconMissing

_PARTS = ("noun", "verb", "adj", "adv")


class WordNet:
    """The synonyms of a WordNet folder, loaded once (83,000 words of WordNet 3.0 in about half a second)."""

    def __init__(self, folder: Path) -> None:
        """Read index.* and data.* of each part of speech. Raises LexiconMissing, saying how to get them."""
        self._synonyms: dict[str, tuple[str, ...]] = {}
        for part in _PARTS:
            self._read(folder, part)

    def synonyms(self, word: str) -> tuple[str, ...]:
        """The other words of a word's first sense in each part of speech, in WordNet's order; none if it is unknown."""
        return self._synonyms.get(word.lower(), ())

    def _read(self, folder: Path, part: str) -> None:
        try:
            index = (folder / f"index.{part}").read_text("ascii").splitlines()
            data = (folder / f"data.{part}").read_bytes()
        except (OSError, UnicodeDecodeError) as error:
            raise LexiconMissing(
                f"{folder} has no readable WordNet files (index.{part}, data.{part}): install Debian's wordnet-base, "
                "or name the folder with --wordnet, or leave out synonyms and insertion"
            ) from error
        for line in index:
            if not line.startswith(" "):
                self._add(line.split(), data, folder)

    def _add(self, fields: list[str], data: bytes, folder: Path) -> None:
        """One index line: lemma pos synset_cnt p_cnt [symbols] sense_cnt tagsense_cnt offset [offset ...]."""
        try:
            lemma, pointers = fields[0], int(fields[3])
            offset = int(fields[6 + pointers])
            synset = data[offset : data.index(b"|", offset)].decode("ascii").split()
            members = [synset[4 + 2 * place] for place in range(int(synset[3], 16))]
        except (IndexError, ValueError) as error:
            raise LexiconMissing(f"{folder} holds a damaged WordNet file (at {' '.join(fields[:1])!r})") from error
        if "_" in lemma:
            return
        # An adjective may carry a syntactic marker: "galore(ip)".
        others = [member.split("(")[0] for member in members if "_" not in member]
        offered = [other for other in others if other.lower() != lemma]
        known = self._synonyms.get(lemma, ())
        self._synonyms[lemma] = tuple(dict.fromkeys([*known, *offered]))
