"""Language tags: any BCP 47 or ISO 639-2 tag to one of the codes that a voice knows."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

import langcodes
from langcodes.tag_parser import LanguageTagError

# Codes of languages that are usually tagged as a larger one (ISO 639-3's macrolanguages).
_SAME = {
    "cmn": "zh",
    "nb": "no",
    "arb": "ar",
    "pes": "fa",
    "lvs": "lv",
    "ekk": "et",
    "zsm": "ms",
    "swh": "sw",
    "als": "sq",
}
# Where a tag names no region, the region that its language is spoken in first.
_FIRST_REGION = {"en": "US", "pt": "BR", "es": "ES", "fr": "FR", "de": "DE", "zh": "CN"}


class Tag(NamedTuple):
    """What is looked at to find a voice."""

    language: str
    script: str | None
    region: str | None


@lru_cache(maxsize=1024)
def read(tag: str) -> Tag | None:
    """A tag's parts (`ger`, `de_AT` and `de-DE-1996` are all `de`), or None if it names no language."""
    try:
        found = langcodes.get(langcodes.standardize_tag(tag))
    except LanguageTagError:
        return None
    language = found.language
    if language is None or language in ("und", "mul", "zxx", "mis"):
        return None
    return Tag(_SAME.get(language, language), found.script, found.territory)


def find(tag: str, known: Iterable[str]) -> str | None:
    """The best of the `known` codes for a tag: its own, its region's, its language's, or None."""
    codes = list(known)
    own = tag.lower().replace("_", "-")
    exact = next((code for code in codes if code.lower() == own), None)
    if exact is not None:
        return exact
    wanted = read(tag)
    if wanted is None:
        return None
    fits = [
        (penalty, index, code) for index, code in enumerate(codes) if (penalty := _distance(wanted, code)) is not None
    ]
    return min(fits)[2] if fits else None


def distance(tag: str, code: str) -> int | None:
    """How far a code is from a tag: 0 is the same language and region; None is another language."""
    wanted = read(tag)
    return None if wanted is None else _distance(wanted, code)


def base(tag: str) -> str:
    """The language alone, such as `de`; the tag itself in lower case if it names none."""
    found = read(tag)
    return found.language if found else tag.lower()


def _distance(wanted: Tag, code: str) -> int | None:
    has = read(code)
    if has is None or has.language != wanted.language:
        return None
    far = 4 if wanted.script and has.script and has.script != wanted.script else 0
    region = wanted.region or _FIRST_REGION.get(wanted.language)
    if has.region == region or (wanted.region is None and has.region is None):
        near = 0
    else:
        near = 1 if has.region is None else 2
    variants = code.count("-") - (has.region is not None) - (has.script is not None)
    return far + near * 10 + max(0, variants)
