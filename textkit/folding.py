"""Folds text so that what people take for the same word is the same: for search, and for sorting titles. Pure.

Case, accents, ligatures, letters with strokes and invisible characters are folded (Unicode NFKC, case folding);
the letters that have no decomposition are listed here. Scripts that write no spaces are searched by character.
"""

from __future__ import annotations

import re
import unicodedata

# Letters that Unicode does not decompose, as library catalogues file them.
_LETTERS = {
    "ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "ŀ": "l", "ĸ": "k", "æ": "ae", "œ": "oe", "þ": "th",
    "ð": "d", "ŋ": "ng", "ə": "e", "ɓ": "b", "ɗ": "d", "ƙ": "k", "ς": "σ",
}  # fmt: skip
# Soft hyphen, zero-width characters, byte order mark; vowel points and harakat, tatweel: readers leave them out.
_INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff\u0640\u0670")
_POINTS = ((0x0591, 0x05BD), (0x05BF, 0x05C7), (0x064B, 0x0652))
_ACCENTS = re.compile("[\u0300-\u036f]")
# With the marks that follow: vowel signs and tones of Thai, Lao, Burmese and Khmer, sound marks of kana.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U0001b000-\U0001b16f\U00020000-\U000323af]"
    "[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u102b-\u103e\u1056-\u1059\u105e-\u1060\u1062-\u1064"
    "\u1067-\u106d\u1071-\u1074\u1082-\u108d\u108f\u109a-\u109d\u17b4-\u17d3\u17dd\u3099\u309a]*"
)
_FOLDS_ACCENTS = ("LATIN", "GREEK")
# Articles that libraries leave out at the beginning of a title (MARC 21, initial definite and indefinite articles).
_ARTICLES = {
    "da": "den det de en et", "de": "der die das ein eine", "en": "the a an", "es": "el la los las un una",
    "fr": "le la les un une", "hu": "a az egy", "it": "il lo la i gli le un una uno", "nl": "de het een",
    "no": "den det de en et ei", "pt": "o a os as um uma", "sv": "den det de en ett",
}  # fmt: skip
_ELIDED = re.compile("(?:l|d|un|gl)['’]", re.IGNORECASE)


class _Table(dict[int, str]):
    """What `str.translate` looks characters up in; filled as they come, at most with all of Unicode."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _fold_character(chr(code))
        return folded


class _Letters(dict[int, str]):
    """Letters, digits and marks stay, since a vowel sign is part of its word; everything else becomes a space."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        self[code] = kept = character if unicodedata.category(character)[0] in "LNM" else " "
        return kept


_TABLE = _Table()
_LETTERS_ALONE = _Letters()


def _fold_character(one: str) -> str:
    """A character folded: none, one or several."""
    if one in _INVISIBLE or any(low <= ord(one) <= high for low, high in _POINTS):
        return ""
    folded = unicodedata.normalize("NFKC", one).casefold()
    plain = []
    for letter in folded:
        if letter in _LETTERS:
            plain.append(_LETTERS[letter])
        elif unicodedata.name(letter, "").startswith(_FOLDS_ACCENTS):
            plain.append(_ACCENTS.sub("", unicodedata.normalize("NFD", letter)))
        elif not _ACCENTS.match(letter):
            plain.append(letter)
    return "".join(plain)


def fold(text: str) -> str:
    """Text folded; accents of Latin and Greek letters only, since elsewhere they are letters of their own."""
    return text.lower() if text.isascii() else unicodedata.normalize("NFC", text).translate(_TABLE)


def fold_with_places(text: str) -> tuple[str, list[int]]:
    """Text folded, and for each of its characters, and the end, where in `text` it comes from."""
    if text.isascii():
        return text.lower(), list(range(len(text) + 1))
    pieces = [_TABLE[ord(one)] for one in text]
    places = [place for place, piece in enumerate(pieces) for _ in piece]
    return "".join(pieces), [*places, len(text)]


def searchable(text: str) -> str:
    """Text folded for a full-text index: words between spaces, and each character of a script that writes no spaces."""
    folded = words_alone(fold(text))
    return (folded if folded.isascii() else _UNSPACED.sub(r" \g<0> ", folded)).strip()


def words_alone(folded: str) -> str:
    """Folded text, character for character, with a space in the place of all that belongs to no word."""
    return folded.translate(_LETTERS_ALONE)


def unspaced(character: str) -> bool:
    """Whether it belongs to a script that writes no spaces between words."""
    return _UNSPACED.match(character) is not None


def sort_key(text: str, language: str | None = None) -> str:
    """What a title or a name is sorted by: folded, without punctuation and without a leading article of its language.

    English articles are left out where no language is known.
    """
    spoken = _ELIDED.sub("", text, count=1) if _elides(language) else text
    words = words_alone(fold(spoken)).split()
    articles = _ARTICLES.get((language or "en").partition("-")[0].lower(), "").split()
    if len(words) > 1 and words[0] in articles:
        words = words[1:]
    return " ".join(words)[:500]


def _elides(language: str | None) -> bool:
    return (language or "").partition("-")[0].lower() in ("fr", "it")
