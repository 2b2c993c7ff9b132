"""Find a text's own key terms: names of people and places, and the words and phrases it keeps coming back to.

Counts and capitals only; no dictionary of names, no parts of speech.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from textkit.words import is_stop_word, is_unspaced, stem

_TITLES = (
    "Mr Mrs Ms Miss Dr Doctor Sir Lady Lord Captain Capt Colonel Col Professor Prof King Queen Prince Princess Aunt"
)
_OTHER_TITLES = "Uncle Madame Monsieur St Saint Mount Count Baron Duke Duchess General Major Squire Chapter Letter"
TITLES = frozenset(_TITLES.split()) | frozenset(_OTHER_TITLES.split())
_DOTTED = frozenset({"Mr", "Mrs", "Ms", "Dr", "Prof", "Capt", "Col", "St"})
# Words that are frequent in any story and so say nothing of this one.
_ANY_STORY = """
able according account across air appear appeared arm arms arrived ask asking attention beautiful began
beginning behind big bit black body bring brother brought carried case cause chance change chapter clear close
cold coming course cried crying cut dark dead deal different door drawn drew ear ears end entered equally
evening eye eyes face fact fall family fast father feel feeling feelings feet fell fellow find fine fire
followed foot found friend friends full general gently getting girl girls giving greatest grew ground hand hands
happy hard hastily having head hear heard heart held help high hold home hope hour hours house houses idea
immediately instant kind large laughed laughing lay leaving length letting light line living longer look looks
lost lot loud love low making manner matter matters meant mere mind minute minutes morning mother mouth moved
nature new nice night nodded number old open opened opinion order ought pain passed person place please pleasure
point poor possible power present presently pretty question quick quickly raised ran ready reason red remember
replied respect rest return right road room rose run running sat saying sea sense sent set shall short side
sight sister sitting slowly small smile smiled softly sort sound speak speaking spoke stand standing started
state step stood stopped story strange street strong struck subject suddenly sure table taking talk talking
tears therefore thinking times tone tried true turn understand using usual view voice volume wait walk walked
walking wanted warm watch water week weeks white wind window wish woman word words work world worse year years
yesterday young
"""
ANY_STORY = frozenset(_ANY_STORY.split())
_LONGEST_NAME = 4
_LANGUAGE_SAMPLE, _FOREIGN_LETTERS, _LONGEST_RUN = 500, 5, 1000
_COMMON_CHARACTERS = frozenset(
    "的了是在我他她它们这那有和不就也都一个上下来去着很到说要会与及其之人にをはがでとのもしたるれいな"
)
# A word of more letters than this all in capitals is a name or a heading, not an acronym.
_CAPITALS = 5
_NAME_WEIGHT, _PHRASE_WEIGHT, _WORD_WEIGHT, _ANY_STORY_WEIGHT = 1.0, 1.0, 0.35, 0.12
_RAREST_NAME, _RAREST_PHRASE, _RAREST_WORD = 2, 3, 2


class Terms(NamedTuple):
    """Weights of names and of other terms as they are written, and the words that names are made of."""

    names: dict[str, float]
    phrases: dict[str, float]
    name_words: frozenset[str]

    def ranked(self, count: int) -> list[tuple[str, float]]:
        """The `count` weightiest, those left out that are only a part of a weightier one."""
        both = sorted([*self.names.items(), *self.phrases.items()], key=lambda item: (-item[1], item[0]))
        kept: list[tuple[str, float]] = []
        seen: set[str] = set()
        for term, weight in both:
            parts = {stem(part.strip(".").lower()) for part in term.split() if part.strip(".") not in TITLES}
            if len(kept) < count and not parts <= seen:
                kept.append((term, weight))
                seen |= parts
        return kept


def find_terms(sentences: Sequence[Sequence[str]], parts: int = 20) -> Terms:
    """Weigh the names and phrases of `sentences` (their words as written) by frequency and by spread over the text."""
    name_words = _name_words(sentences)
    english = _is_english(sentences)
    size = max(1, math.ceil(len(sentences) / parts))
    names, phrases = _Counter(), _Counter()
    for index, found in enumerate(sentences):
        for name in _names(found, name_words):
            names.add(name, index // size)
        for phrase in _phrases(found, name_words) if english else _foreign_words(found, name_words):
            phrases.add(phrase, index // size)
    phrases.absorb(_RAREST_PHRASE)
    return Terms(
        {name: _NAME_WEIGHT * weight for name, weight in names.weights(parts) if names.counts[name] >= _RAREST_NAME},
        {term: weight * share for term, weight in phrases.weights(parts) if (share := _share(term, phrases.counts))},
        name_words,
    )


def _share(term: str, counts: Counter[str]) -> float:
    if " " in term:
        first, second = term.split()
        # Two words that meet by chance are no phrase: they should be together a good part of the time.
        together = counts[term] / math.sqrt((counts[first] or counts[term]) * (counts[second] or counts[term]))
        return _PHRASE_WEIGHT * min(1.0, 2 * together) if counts[term] >= _RAREST_PHRASE else 0.0
    if counts[term] < _RAREST_WORD:
        return 0.0
    return _ANY_STORY_WEIGHT if term in ANY_STORY else _WORD_WEIGHT


class _Counter:
    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._parts: defaultdict[str, set[int]] = defaultdict(set)

    def add(self, term: str, part: int) -> None:
        self.counts[term] += 1
        self._parts[term].add(part)

    def absorb(self, rarest: int) -> None:
        """Forget single words that mostly occur in one phrase: the phrase says it better."""
        for term, count in list(self.counts.items()):
            for word in term.split() if " " in term and count >= rarest else ():
                if 2 * count >= self.counts.get(word, 0) > 0:
                    del self.counts[word]

    def weights(self, parts: int) -> Iterator[tuple[str, float]]:
        """Frequency times the share of the text's parts the term occurs in, both damped."""
        for term, count in self.counts.items():
            yield term, math.sqrt(count * len(self._parts[term]) / parts)


def _name_words(sentences: Iterable[Sequence[str]]) -> frozenset[str]:
    """Words written with a capital inside sentences and hardly ever without, and words of capital pairs met often."""
    capital: Counter[str] = Counter()
    small: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for found in sentences:
        previous = ""
        for word in found[1:]:
            if not word[0].isupper():
                small[word] += 1
                previous = ""
            elif len(word) > 1 and (len(word) > _CAPITALS or not word.isupper()):
                bare = _bare(word)
                capital[bare] += 1
                if previous:
                    pairs[previous, bare] += 1
                previous = bare
    single = {
        word
        for word, count in capital.items()
        if count >= 2 and count >= 4 * small[word.lower()] and not is_stop_word(word)
    }
    paired = {word for pair, count in pairs.items() if count >= 3 and pair[0] not in _NO_NAME for word in pair}
    return frozenset(single | paired | (TITLES & capital.keys()))


_NO_NAME = frozenset(
    {"The", "And", "But", "It", "He", "She", "They", "We", "You", "No", "Yes", "Oh", "What", "That", "So"}
)


def _bare(word: str) -> str:
    """Drop a possessive, and write as a name what is set in capitals (`HISPANIOLA`)."""
    if len(word) > _CAPITALS and word.isupper():
        word = word.capitalize()
    return word.removesuffix("'s").removesuffix("’s")


def _names(found: Sequence[str], name_words: frozenset[str]) -> Iterator[str]:
    run: list[str] = []
    for word in found:
        bare = _bare(word)
        if bare in name_words and len(run) < _LONGEST_NAME and not (bare in _DOTTED and run):
            run.append(bare)
            if word.endswith(("'s", "’s")):
                yield from _close(run)
        else:
            yield from _close(run)
            if bare in name_words:
                run.append(bare)
    yield from _close(run)


def _close(run: list[str]) -> Iterator[str]:
    """Give the name gathered so far, unless it is a lone title or a lone everyday word written large."""
    if run and not all(part in TITLES for part in run) and not (len(run) == 1 and is_stop_word(run[0])):
        yield " ".join(part + "." if part in _DOTTED else part for part in run)
    run.clear()


def _phrases(found: Sequence[str], name_words: frozenset[str]) -> Iterator[str]:
    """Single content words and pairs of them that stand side by side, in small letters."""
    previous = ""
    for word in found:
        lowered = word.lower()
        if is_stop_word(lowered) or len(lowered) < 3 or not lowered[0].isalpha() or _bare(word) in name_words:
            previous = ""
            continue
        yield lowered
        if previous and not {previous, lowered} <= ANY_STORY:
            yield f"{previous} {lowered}"
        previous = lowered


def _is_english(sentences: Sequence[Sequence[str]]) -> bool:
    """Whether enough of the words are English function words; most of them are in any English prose."""
    sample = [word for found in sentences[:_LANGUAGE_SAMPLE] for word in found]
    return sum(map(is_stop_word, sample)) >= 0.25 * len(sample)


def _foreign_words(found: Sequence[str], name_words: frozenset[str]) -> Iterator[str]:
    """Words too long to be function words, and of unspaced scripts pairs of characters without the commonest."""
    for word in found:
        if is_unspaced(word):
            pairs = (word[at : at + 2] for at in range(min(len(word), _LONGEST_RUN) - 1))
            yield from (pair for pair in pairs if not _COMMON_CHARACTERS & set(pair))
        elif len(word) >= _FOREIGN_LETTERS and _bare(word) not in name_words:
            yield word.lower()


def stem_weights(terms: Terms, count: int) -> dict[str, float]:
    """Return the stems of the `count` weightiest names and phrases, each with a weight from 0 to 1."""
    ranked = terms.ranked(count)
    weights: dict[str, float] = {}
    for term, weight in ranked:
        for word in term.lower().split():
            key = stem(word.rstrip("."))
            if not is_stop_word(key):
                weights[key] = max(weights.get(key, 0.0), weight / ranked[0][1])
    return weights


def main_names(terms: Terms, count: int) -> dict[str, float]:
    """Return the `count` weightiest names, each by its last word, with their shares of the weight of all of them."""
    weights: dict[str, float] = {}
    for name, weight in sorted(terms.names.items(), key=lambda item: (-item[1], item[0])):
        last = name.rpartition(" ")[2]
        if last in weights or len(weights) < count:
            weights[last] = weights.get(last, 0.0) + weight
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items()}


def named(found: Sequence[str], names: Collection[str]) -> frozenset[str]:
    """Return those of `names` that are among the words `found`."""
    return frozenset(bare for word in found if (bare := _bare(word)) in names)
