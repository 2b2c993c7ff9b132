"""The four changes of "easy data augmentation" to a source text: synonyms, deletion, swap, insertion.

Wei and Zou: "EDA: Easy Data Augmentation Techniques for Boosting Performance on Text Classification Tasks" (2019).
Each draws only from the random generator it is given. For training sources; never for targets or other splits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

from textkit.words import STOP_WORDS
from training.config import Augmentation

Synonyms = Callable[[str], Sequence[str]]
_CORE = re.compile(r"\w+(?:[’'-]\w+)*")


def augment(kind: Augmentation, text: str, share: float, draw: Random, synonyms: Synonyms) -> str:
    """A copy of a text with about `share` of the words (at least one) changed."""
    tokens = text.split()
    count = max(1, round(share * len(tokens)))
    if kind == "synonyms":
        return " ".join(replace_synonyms(tokens, count, draw, synonyms))
    if kind == "insertion":
        return " ".join(insert_synonyms(tokens, count, draw, synonyms))
    if kind == "swap":
        return " ".join(swap(tokens, count, draw))
    return " ".join(delete(tokens, share, draw))


def replace_synonyms(tokens: Sequence[str], count: int, draw: Random, synonyms: Synonyms) -> list[str]:
    """Replace up to `count` words by a synonym, keeping punctuation and a first capital."""
    changed = list(tokens)
    for place in _known(tokens, draw, synonyms)[:count]:
        core = _core(changed[place])
        new = draw.choice(list(synonyms(core)))
        changed[place] = changed[place].replace(core, new.capitalize() if core[0].isupper() else new, 1)
    return changed


def insert_synonyms(tokens: Sequence[str], count: int, draw: Random, synonyms: Synonyms) -> list[str]:
    """Insert a synonym of up to `count` of the words, each at a random place."""
    changed = list(tokens)
    for place in _known(tokens, draw, synonyms)[:count]:
        new = draw.choice(list(synonyms(_core(tokens[place]))))
        changed.insert(draw.randint(0, len(changed)), new)
    return changed


def swap(tokens: Sequence[str], count: int, draw: Random) -> list[str]:
    """Exchange two words, `count` times."""
    changed = list(tokens)
    for _ in range(count if len(changed) > 1 else 0):
        one, other = draw.sample(range(len(changed)), 2)
        changed[one], changed[other] = changed[other], changed[one]
    return changed


def delete(tokens: Sequence[str], share: float, draw: Random) -> list[str]:
    """Delete each word with probability `share`, but never all of them."""
    kept = [token for token in tokens if draw.random() >= share]
    return kept or ([draw.choice(list(tokens))] if tokens else [])


def _core(token: str) -> str:
    """A token without the punctuation around it."""
    found = _CORE.search(token)
    return found.group() if found else ""


def _known(tokens: Sequence[str], draw: Random, synonyms: Synonyms) -> list[int]:
    """The places of words that have synonyms, in random order.

    Stop words are left alone: their WordNet senses ("a" the vitamin, "I" the iodine) are never meant.
    """
    cores = [_core(token) for token in tokens]
    known = {core for core in set(cores) if core and core.lower() not in STOP_WORDS and synonyms(core)}
    places = [place for place, core in enumerate(cores) if core in known]
    draw.shuffle(places)
    return places
