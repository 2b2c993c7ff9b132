"""Compare extractive summaries with those of sumy's LexRank, TextRank, Luhn and LSA and with random sentences.

Every way gets the same sentences and as many words as ours took. Without references a summary is judged by what can be
counted: how much of the text's vocabulary and of its names it covers, how evenly it is spread, how much its sentences
repeat each other, how many of them cannot stand alone, and how many are speech. REFERENCES names a folder of summaries
with the names of the texts, for ROUGE. Run it as `BOOKS=folder [REFERENCES=folder] python -m benchmarks.bench_quality`;
without BOOKS it takes this repository's own documents and a story made here.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import random
import re
import sys
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from rouge_score.rouge_scorer import RougeScorer

from benchmarks._report import report
from textkit import extractive, words
from textkit.lengths import Length
from textkit.matter import body
from textkit.sentences import Sentence, split

# A way that takes longer over one text is stopped, and has no row for it.
LIMIT_S = 20.0
CHAPTERS = 5
CHAPTER_WORDS = (800, 8_000)
TOP_TERMS, TOP_NAMES, STRETCHES = 100, 10, 10
FEWEST_SPOKEN_WORDS = 3
MEASURES = ("terms", "names", "spread", "redundancy", "leaning", "speech")
ROOT = Path(__file__).parents[1]
_CHAPTER = re.compile(
    r"(?m)^[^\S\n]*(?:(?:CHAPTER|Chapter|LETTER|Letter)\s+[\dIVXLC]+[^\n]*|[IVXL]{1,7}\.?|\d{1,2})[^\S\n]*\n"
)
_QUOTED = re.compile(r"“([^”]*)(?:”|$)|\"([^\"]*)(?:\"|$)|(?<!\w)‘([^’]*(?:’\w[^’]*)*)(?:’|$)")
_LEANS = re.compile(
    r"(?:he|she|it|they|him|his|hers?|its|their|them|this|that|these|those|such|but|and|or|nor|so|yet|for|then|thus|"
    r"however|therefore|hence|still|besides|moreover|also|otherwise|meanwhile|nevertheless|"
    r"the (?:former|latter|other))\b"
    r"(?!(?<=it) (?:is|was|were|has been|had been|seems?|seemed|may be) "
    r"(?:an?|the|not?|at|in|on|true|clear|said|known)\b)",
    re.IGNORECASE,
)
_PERSON = re.compile(r"\b(?:he|she|him|his|her|hers)\b", re.IGNORECASE)
_ENDS = re.compile(r"[.!?…。！？][\"'”’)\]»_*]*$")
_CODE = re.compile(r"^[#|>$]|```|\|.*\||[{}<>=]{2}|</\w+>|\$\(")


class Text(NamedTuple):
    """A text to summarise: its sentences, and what is known of it."""

    name: str
    text: str
    sentences: list[Sentence]
    reference: str


class Shown(NamedTuple):
    """A sentence of a summary: its number among the text's sentences, and how it is shown."""

    number: int
    text: str


def main() -> int:
    """Compare on whole texts and on chapters; print a table each, and the JSON line last."""
    found = _texts()
    if not found:
        print("BOOKS names no folder with .txt or .md files.", file=sys.stderr)
        return 2
    scores: dict[str, dict[str, list[dict[str, float]]]] = {}
    stopped: Counter[str] = Counter()
    for text in found:
        kind = "chapters" if "#" in text.name or len(text.text.split()) < CHAPTER_WORDS[1] else "books"
        ours = _ours(text)
        budget = sum(_length(one.text) for one in ours)
        rows = scores.setdefault(kind, defaultdict(list))
        rows["ours"].append(measure(text, ours))
        for way in RIVALS:
            numbers = _limited(way, text, budget)
            if numbers is None:
                stopped[way] += 1
            else:
                rows[way].append(measure(text, [Shown(at, words.fold(text.sentences[at].text)) for at in numbers]))
    means = {kind: {way: _mean(rows) for way, rows in ways.items()} for kind, ways in scores.items()}
    columns = [*MEASURES, *(name for name in ("rouge1", "rouge2", "rougeL") if any(text.reference for text in found))]
    table = [
        (kind, way, len(scores[kind][way]), *(row.get(column, float("nan")) for column in columns))
        for kind, ways in means.items()
        for way, row in ways.items()
    ]
    report(
        "quality",
        ("texts", "way", "number", *columns),
        table,
        {f"{kind}_{name}": ratio for kind, ways in means.items() for name, ratio in _ratios(ways).items()},
        {"means": means, "stopped": dict(stopped), "limit_s": LIMIT_S, "texts": [text.name for text in found]},
    )
    return 0


def measure(text: Text, summary: Sequence[Shown]) -> dict[str, float]:
    """Return the share of the commonest terms and names said, of tenths of the text visited, of sentences that cannot
    stand alone and of those with speech, the mean likeness of each sentence to the nearest other, and ROUGE."""
    shown = [one.text for one in summary]
    numbers = {one.number for one in summary}
    said = set(_terms(" ".join(shown)))
    weights = Counter(term for sentence in text.sentences for term in _terms(sentence.text))
    common = dict(weights.most_common(TOP_TERMS))
    names = _names(text.sentences)
    mentioned = {word for sentence in shown for word in re.findall(r"[A-Z]\w+", sentence)}
    size = max(1, len(text.text))
    found = {
        "terms": sum(count for term, count in common.items() if term in said) / max(1, sum(common.values())),
        "names": sum(name in mentioned for name in names) / max(1, len(names)),
        "spread": len({text.sentences[number].start * STRETCHES // size for number in numbers}) / STRETCHES,
        "redundancy": _redundancy(shown),
        "leaning": sum(leans(one, numbers) for one in summary) / max(1, len(shown)),
        "speech": sum(map(_speaks, shown)) / max(1, len(shown)),
    }
    if text.reference:
        scored = RougeScorer(["rouge1", "rouge2", "rougeL"], use_stemmer=True).score(text.reference, " ".join(shown))
        found.update({name: score.fmeasure for name, score in scored.items()})
    return found


def leans(one: Shown, chosen: Collection[int]) -> bool:
    """Tell whether a sentence cannot stand alone, and the sentence before it in the text is not shown before it."""
    sentence = one.text
    bare = sentence.lstrip("\"'“‘«([—- ")
    capitals = sum(word[0].isupper() or word[0].isdigit() for word in sentence.split())
    marks = sum(map(sentence.count, "“”")) % 2 or sentence.count('"') % 2
    if not bare or bare[0].islower() or not _ENDS.search(sentence) or marks or _CODE.search(sentence):
        return True
    if capitals > 0.6 * len(sentence.split()):
        return True
    if one.number - 1 in chosen:
        return False
    person = _PERSON.search(bare)
    before = re.findall(r"[A-Z]\w+", bare[: person.start()]) if person else []
    named = any(not words.is_stop_word(word) for word in before)
    return bool(_LEANS.match(bare) or (person and not named))


def _speaks(sentence: str) -> bool:
    return any(len("".join(parts).split()) >= FEWEST_SPOKEN_WORDS for parts in _QUOTED.findall(sentence))


def _names(sentences: Sequence[Sentence]) -> list[str]:
    """The words most often written with a capital inside a sentence, and hardly ever without."""
    inner = Counter(word for one in sentences for word in re.findall(r"(?<=[a-z,;] )[A-Z][a-z]+", one.text))
    small = Counter(word for one in sentences for word in re.findall(r"\b[a-z]+", one.text))
    often = [name for name, count in inner.most_common(60) if count > 2 and count > 3 * small[name.lower()]]
    return [name for name in often if not words.is_stop_word(name)][:TOP_NAMES]


def _redundancy(shown: Sequence[str]) -> float:
    vectors = [Counter(_terms(sentence)) for sentence in shown]
    nearest = [
        max((_cosine(one, other) for at, other in enumerate(vectors) if at != number), default=0.0)
        for number, one in enumerate(vectors)
    ]
    return sum(nearest) / max(1, len(nearest))


def _cosine(one: Counter[str], other: Counter[str]) -> float:
    lengths = math.sqrt(sum(v * v for v in one.values())) * math.sqrt(sum(v * v for v in other.values()))
    return sum(count * other[term] for term, count in one.items()) / lengths if lengths else 0.0


def _terms(text: str) -> list[str]:
    return words.terms(words.words(text))


def _length(text: str) -> int:
    return len(text.split())


def _mean(rows: Sequence[dict[str, float]]) -> dict[str, float]:
    names = {name for row in rows for name in row}
    return {name: _average([row[name] for row in rows if name in row]) for name in sorted(names)}


def _average(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _ratios(ways: dict[str, dict[str, float]]) -> dict[str, float]:
    """Ours by the best of the others, for what should be high; for what should be low, of what is free of it."""
    ratios = {}
    for name, ours in ways["ours"].items():
        low = name in ("redundancy", "leaning", "speech")
        others = [row[name] for way, row in ways.items() if way != "ours" and name in row]
        if others:
            best = max(1 - value if low else value for value in others)
            ratios[f"free_of_{name}" if low else name] = (1 - ours if low else ours) / max(best, 1e-9)
    return ratios


def _ours(text: Text, length: Length = "medium") -> list[Shown]:
    starts = [sentence.start for sentence in text.sentences]
    chosen = extractive.summarise(text.text, length).sentences
    return [Shown(bisect_right(starts, one.start) - 1, words.fold(one.text)) for one in chosen]


def _limited(way: str, text: Text, budget: int) -> list[int] | None:
    """What a rival chooses, in a process of its own; None where it is stopped."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_send, args=(sender, way, text, budget))
    process.start()
    sender.close()
    try:
        return receiver.recv() if receiver.poll(LIMIT_S) else None
    except EOFError:
        return None
    finally:
        process.kill()
        process.join()


def _send(sender: Any, way: str, text: Text, budget: int) -> None:
    sender.send(RIVALS[way](text, budget))


def _random(text: Text, budget: int) -> list[int]:
    numbers = list(range(len(text.sentences)))
    random.Random(text.name).shuffle(numbers)
    return sorted(_within(numbers, text, budget))


def _within(ranked: Sequence[int], text: Text, budget: int) -> list[int]:
    chosen: list[int] = []
    for number in ranked:
        if budget <= 0:
            break
        chosen.append(number)
        budget -= _length(text.sentences[number].text)
    return chosen


def _sumy(module: str, name: str) -> Callable[[Text, int], list[int]]:
    def choose(text: Text, budget: int) -> list[int]:
        from importlib import import_module

        from sumy.models.dom import ObjectDocumentModel, Paragraph
        from sumy.models.dom import Sentence as SumySentence
        from sumy.nlp.stemmers import Stemmer

        sentences = [SumySentence(one.text, _Tokenizer()) for one in text.sentences]
        document = ObjectDocumentModel([Paragraph(sentences)])
        summarizer = getattr(import_module(f"sumy.summarizers.{module}"), name)(Stemmer("english"))
        summarizer.stop_words = words.STOP_WORDS
        numbers = {id(sentence): number for number, sentence in enumerate(document.sentences)}

        def take(infos: Sequence[Any]) -> list[Any]:
            kept = set(_within([numbers[id(info.sentence)] for info in infos], text, budget))
            return [info for info in infos if numbers[id(info.sentence)] in kept]

        return sorted(numbers[id(sentence)] for sentence in summarizer(document, take))

    return choose


class _Tokenizer:
    """What sumy asks for the words of a sentence."""

    def to_words(self, sentence: str) -> tuple[str, ...]:
        return tuple(word.lower() for word in words.words(sentence))


RIVALS: dict[str, Callable[[Text, int], list[int]]] = {
    "random": _random,
    "luhn": _sumy("luhn", "LuhnSummarizer"),
    "lexrank": _sumy("lex_rank", "LexRankSummarizer"),
    "textrank": _sumy("text_rank", "TextRankSummarizer"),
    "lsa": _sumy("lsa", "LsaSummarizer"),
}


def _texts() -> list[Text]:
    folder, references = os.environ.get("BOOKS"), os.environ.get("REFERENCES")
    paths = sorted(path for path in Path(folder).iterdir() if path.suffix in (".txt", ".md")) if folder else []
    if folder and not paths:
        return []
    named = [(path.stem, path.read_bytes().decode("utf-8", errors="replace")) for path in paths] or _made()
    found = []
    for name, whole in named:
        text = whole[slice(*body(whole))]
        reference = Path(references, f"{name}.txt") if references else None
        known = reference.read_text(encoding="utf-8") if reference and reference.exists() else ""
        found.append(Text(name, text, split(text), known))
        if len(text.split()) > CHAPTER_WORDS[1]:
            found.extend(Text(f"{name}#{at}", part, split(part), "") for at, part in enumerate(_chapters(text)))
    return found


def _chapters(text: str) -> list[str]:
    """A few chapters from all over a book."""
    cuts = [found.start() for found in _CHAPTER.finditer(text)] + [len(text)]
    parts = [text[start:end] for start, end in pairwise(cuts)]
    parts = [part for part in parts if CHAPTER_WORDS[0] <= len(part.split()) <= CHAPTER_WORDS[1]]
    if len(parts) < CHAPTERS:
        return parts
    return [parts[at * (len(parts) - 1) // (CHAPTERS - 1)] for at in range(CHAPTERS)]


def _made() -> list[tuple[str, str]]:
    documents = [(path.stem, path.read_text(encoding="utf-8")) for path in sorted((ROOT / "docs").glob("*.md"))]
    return [*documents, ("story", _story(600))]


def _story(paragraphs: int) -> str:
    """A story whose paragraphs have a statement, a sentence that leans on it, and speech."""
    people = ["Anna Orme", "Captain Hale", "Old Martha", "Peter Vane", "the widow Stane"]
    deeds = ["sold", "burned", "inherited", "rebuilt", "lost", "hid", "painted", "guarded"]
    things = ["the mill", "the ferry", "the orchard", "the lighthouse", "the quarry", "the forge", "the bell"]
    places = ["near Westbridge", "beyond the marsh", "at the harbour", "under the old wall", "on the northern road"]
    pick = random.Random(7)
    parts = ["THE MILL\n\nby Nobody"]
    for number in range(paragraphs):
        if number % 60 == 0:
            parts.append(f"CHAPTER {number // 60 + 1}")
        parts.append(
            f"In the year {1700 + number // 4}, {pick.choice(people)} {pick.choice(deeds)} {pick.choice(things)} "
            f"{pick.choice(places)}. Nobody knew why it was done. “Is that so?” said the magistrate. “I did not know.”"
        )
    return "\n\n".join(parts)


if __name__ == "__main__":
    sys.exit(main())
