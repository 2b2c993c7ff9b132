"""Gap-sentence targets: the sentences of a passage that say most of the rest, as in PEGASUS.

Zhang, Zhao, Saleh, Liu: "PEGASUS: Pre-training with Extracted Gap-sentences for Abstractive Summarization" (2020),
section 3.1, the "Ind-Orig" strategy: each sentence is scored by itself, with ROUGE-1 F1 against all the others.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Literal, NamedTuple

Mode = Literal["remove", "mask", "keep"]
MASK = "<mask>"
_WORD = re.compile(r"\w+")


class Pair(NamedTuple):
    """A source and its target."""

    source: str
    target: str


def words(text: str) -> list[str]:
    """The lower-cased words of a text, in any script."""
    return _WORD.findall(text.lower())


def scores(sentences: Sequence[str]) -> list[float]:
    """ROUGE-1 F1 of each sentence against all the others together.

    The counts of the others are the passage's less the sentence's own, so that this is linear in the words.
    """
    counts = [Counter(words(sentence)) for sentence in sentences]
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    everything = total.total()
    return [_f1(count, total, everything) for count in counts]


def _f1(count: Counter[str], total: Counter[str], everything: int) -> float:
    overlap = sum(min(n, total[word] - n) for word, n in count.items())
    # 2PR / (P + R) with P = overlap / own and R = overlap / others is 2 overlap / (own + others).
    return 2 * overlap / everything if everything else 0.0


def choose(sentences: Sequence[str], share: float, most_words: int, first_allowed: bool = True) -> list[int]:
    """The places, in order, of the best sentences: about `share` of them, and together at most `most_words` words.

    At least one sentence is always left over. With `first_allowed` false the first sentence is never chosen, so that a
    target can never be a prefix of a source that keeps its sentences. An empty list: nothing fits.
    """
    ranked = sorted(enumerate(scores(sentences)), key=lambda item: (-item[1], item[0]))
    wanted = min(max(1, round(share * len(sentences))), len(sentences) - 1)
    chosen: list[int] = []
    room = most_words
    for place, score in ranked:
        length = len(words(sentences[place]))
        if len(chosen) == wanted:
            break
        if score > 0 and length <= room and (place > 0 or first_allowed):
            chosen.append(place)
            room -= length
    return sorted(chosen)


def pair(sentences: Sequence[str], share: float, most_words: int, mode: Mode) -> Pair | None:
    """A passage's gap-sentence pair, or None when no sentence of it fits."""
    chosen = set(choose(sentences, share, most_words, first_allowed=mode != "keep"))
    if not chosen:
        return None
    target = " ".join(sentences[place] for place in sorted(chosen))
    if mode == "keep":
        return Pair(" ".join(sentences), target)
    gap = [MASK] if mode == "mask" else []
    parts = [part for place, text in enumerate(sentences) for part in (gap if place in chosen else [text])]
    return Pair(" ".join(parts), target)
