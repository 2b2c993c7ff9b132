"""Tells text from what fonts without a usable mapping to Unicode give, whatever the language."""

from __future__ import annotations

import re
import unicodedata

_MIN_CHARS = 40
_MIN_LETTERS = 120
_SAMPLE = 2000
_CONSONANTS = re.compile("[bcdfghjklmnpqrstvwxz]{5,}")
_WITHIN = re.compile(r"[^\W\d_][\\\[\]{}<>|@#$%^*+=~`\"][^\W\d_]")
_LATIN = re.compile("[a-zæœøıəł]")
_ODD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd\ue000-\uf8ff\U000f0000-\U0010ffff]")
_PLAIN = re.compile(r"[\w.,;:!?'’()–—-]+")


def is_garbled(text: str, unmapped: float = 0.0) -> bool:
    """Whether a page's text cannot be any language's.

    Languages in Latin letters have between a fifth and three quarters vowels, few runs of five consonants, and few
    signs within words. Letters of other scripts are judged by the signs among them only.

    Args:
        text: with its control characters.
        unmapped: the share of characters for which the font has no mapping to Unicode, 0 to 1.
    """
    sample = "".join(text[:_SAMPLE].split())
    if len(sample) < _MIN_CHARS:
        return unmapped > 0.5 and len(sample) > 0 and not _PLAIN.fullmatch(sample)
    if _ODD.search(sample) and len(_ODD.findall(sample)) > 0.3 * len(sample):
        return True
    strict = unmapped > 0.3
    if not strict and 0.25 < sum(map(sample.count, "aeiouy")) / len(sample) < 0.5:
        return False  # as almost every page in Latin letters
    letters = sum(map(str.isalpha, sample))
    if strict and letters < 0.5 * len(sample):
        return True
    base = unicodedata.normalize("NFD", text[:_SAMPLE]).lower()
    latin = len(_LATIN.findall(base))
    if latin < (_MIN_CHARS if strict else _MIN_LETTERS) or latin < 0.5 * letters:
        return False
    vowels = sum(map(base.count, "aeiouyæœøıə")) / latin
    runs = sum(map(len, _CONSONANTS.findall(base))) / latin
    signs = len(_WITHIN.findall(base)) / latin
    if strict:
        longest = max(map(len, base.split()))
        return vowels < 0.27 or vowels > 0.65 or runs > 0.08 or signs > 0.02 or longest > 60
    return vowels < 0.18 or vowels > 0.8 or runs > 0.3 or signs > 0.1
