"""Finds chapters in running text by their wording, and the pages that chapters take up."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bookreader import chapter_words
from bookreader.document import Chapter

CONTENTS, HEADINGS, TEXT = "contents", "headings", "text"
_MAX_CHAPTERS = 2000
_TITLE_CHARS = 200
_MIN_CHARS = 300
_MIN_OTHER_CHARS = 1500
_LEVELS = {"volume": 1, "book": 2, "part": 3, "act": 4, "section": 5, "numbered": 9}
_NEXT_LINE = re.compile(r"\n\s*([^\n]{1,100})(?=\n[ \t]*\n|\Z)")
_LINE = re.compile(r"(?:\A|\n)[ \t\u3000\xa0]*([^\s][^\n]{0,118}?)[ \t\u3000]*(?=\n|\Z)")


@dataclass(frozen=True)
class Heading:
    """Where a chapter begins: an offset in the text; `level` is 1 for the outermost chapters."""

    start: int
    title: str
    level: int = 1


@dataclass(frozen=True)
class _Candidate:
    start: int
    end: int
    family: str
    line: str
    titled: bool


def find(text: str, *, blank_lines: bool = True) -> tuple[list[Heading], float]:
    """The headings of a text, by their wording and the blank lines around them, and the confidence, 0 to 1.

    Args:
        blank_lines: whether the text keeps the blank lines around headings; text of a PDF does not.
    """
    candidates = _without_contents(_candidates(text, blank_lines), len(text))
    best = _best_family(candidates)
    if not best:
        return [], 0.0
    headings: list[Heading] = []
    taken = -1
    chosen = _chosen(candidates, best)
    levels = _levels(chosen, best)
    starts = {one.start for one in chosen if one.family != "alone" and not (one.family == "numbered" and one.titled)}
    for one, level in zip(chosen, levels, strict=True):
        if one.start >= taken and len(headings) < _MAX_CHAPTERS:
            title, taken = _title(text, one, blank_lines, starts)
            headings.append(Heading(one.start, title, level))
    return headings, 0.6 if best == "numbered" else 0.8 if blank_lines else 0.7


def _chosen(candidates: list[_Candidate], best: str) -> list[_Candidate]:
    """The best family, parts and books above it, unnumbered headings, and others before it that hold text."""
    first = next(one.start for one in candidates if one.family == best)
    outer = _outer(candidates, best)
    chosen = []
    for one, following in pairwise([*candidates, candidates[-1]]):
        before = one.start < first and one.family != "numbered"
        if before and one.family in outer and _occurs_later(one, candidates):
            continue  # of a table of contents
        if one.family in (best, "alone", *outer) or (before and following.start - one.end > _MIN_OTHER_CHARS):
            chosen.append(one)
    return chosen


def _occurs_later(one: _Candidate, candidates: list[_Candidate]) -> bool:
    """Whether a part of the same number stands nearer to the first chapter, or after it."""
    number = _key(one).split()[:2]
    return any(other.start > one.start and _key(other).split()[:2] == number for other in candidates)


def _outer(candidates: list[_Candidate], best: str) -> set[str]:
    """The families above the best one: found at least twice, once at least with a chapter right after it."""
    counts = Counter(one.family for one in candidates)
    above = {one.family for one in candidates if _LEVELS.get(one.family, 8) < _LEVELS.get(best, 8)} - {"alone"}
    followed = {
        one.family
        for one, following in pairwise(candidates)
        if following.start - one.end < _MIN_CHARS and (following.family == best or following.family in above)
    }
    return {family for family in above & followed if counts[family] >= 2}


def _levels(chosen: list[_Candidate], best: str) -> list[int]:
    """The level of each heading: parts above chapters, and what stands before the first part beside the parts."""
    ranks = sorted({_LEVELS.get(one.family, 8) for one in chosen if one.family in _outer(chosen, best)})
    levels, within = [], False
    for one in chosen:
        rank = _LEVELS.get(one.family, 8)
        within = within or rank in ranks
        levels.append(ranks.index(rank) + 1 if rank in ranks else len(ranks) + 1 if within else 1)
    return levels


def _candidates(text: str, blank_lines: bool) -> list[_Candidate]:
    found = []
    for line in _LINE.finditer(text):
        words = line[1]
        if len(words) > 100 or words[0].islower():
            continue
        begins = not blank_lines or _begins_alone(text, line.start())
        named = chapter_words.named(words) if begins else chapter_words.eastern(words)
        if named and not _is_title(named.rest):
            named = None
        if named and named.alone and not (blank_lines and _ends_alone(text, line.end())):
            named = None
        if named:
            found.append(_Candidate(line.start(1), line.end(1), named.family, words, bool(named.rest)))
        elif not blank_lines or not begins:
            continue
        elif (rest := chapter_words.numbered(words)) is not None and _is_title(rest) and _ends_alone(text, line.end()):
            found.append(_Candidate(line.start(1), line.end(1), "numbered", words, bool(rest)))
        elif chapter_words.unnumbered(words) and _ends_alone(text, line.end()):
            found.append(_Candidate(line.start(1), line.end(1), "alone", words, True))
    return found


def _begins_alone(text: str, start: int) -> bool:
    """Whether the line before is blank, or a page begins here."""
    before = text[max(0, start - 200) : start]
    return not before.strip("\n") or not before.rpartition("\n")[2].strip() or before.endswith("\x0c")


def _ends_alone(text: str, end: int) -> bool:
    after = text[end : end + 200].split("\n", 2)
    return len(after) < 2 or not after[1].strip()


def _is_title(words: str) -> bool:
    """Whether these could be the words of a heading: none, or a few that begin in upper case."""
    words = words.strip()
    begins = words[:1].isalpha() and not words[:1].islower()
    return not words or (
        (begins or words[0] in "“”„«‚‘’\"'¿¡「『《〈（(")
        and not words.endswith((",", ";", ":", "，", "、", "；"))
        and len(words.split()) <= 12
    )


def _without_contents(candidates: list[_Candidate], length: int) -> list[_Candidate]:
    """Drop a table of contents: lines that occur again later, with almost no text between them and the next."""
    later = Counter(_key(one) for one in candidates)
    kept = []
    for index, one in enumerate(candidates):
        later[_key(one)] -= 1
        following = candidates[index + 1].start if index + 1 < len(candidates) else length
        close = following - one.end < _MIN_CHARS
        if not (close and (later[_key(one)] or _in_run(candidates, index))):
            kept.append(one)
    return kept


def _in_run(candidates: list[_Candidate], index: int) -> bool:
    """Whether this stands among at least four candidates of its family, each close to the next."""
    run = 1
    for step in (1, -1):
        at = index
        while 0 <= at + step < len(candidates):
            low, high = sorted((at, at + step))
            if candidates[high].start - candidates[low].end >= _MIN_CHARS:
                break
            run, at = run + 1, at + step
            if run >= 4:
                return True
    return False


def _key(one: _Candidate) -> str:
    return " ".join(re.findall(r"\w+", one.line.lower()))[:40]


def _best_family(candidates: list[_Candidate]) -> str:
    """The family with most headings; names before bare numbers, which are found in lists and dates too."""
    counts = Counter(one.family for one in candidates if one.family != "alone")
    named = [(count, family) for family, count in counts.items() if family != "numbered" and count >= 2]
    best_named = max(named, default=(0, ""))
    divided = best_named[1] in _LEVELS and any(
        (one.family, following.family) == (best_named[1], "numbered") and following.start - one.end < _MIN_CHARS
        for one, following in pairwise(candidates)
    )
    if counts["numbered"] >= 3 and counts["numbered"] > best_named[0] * (1 if divided else 2):
        return "numbered"
    return best_named[1]


def _title(text: str, one: _Candidate, blank_lines: bool, starts: set[int]) -> tuple[str, int]:
    """The heading's line, with the next line where that holds the chapter's name; and where the title ends."""
    title, end = one.line, one.end
    following = _NEXT_LINE.match(text, one.end)
    if following and blank_lines and not one.titled and following.start(1) not in starts and _is_name(following[1]):
        title, end = f"{title.rstrip('.')}. {following[1].strip()}", following.end(1)
    return " ".join(title.split())[:_TITLE_CHARS].rstrip("."), end


def is_numbered(line: str) -> bool:
    """Whether a line reads like the heading of a numbered chapter: "Chapter 3. The Quay"."""
    return chapter_words.named(line) is not None


def longer(heading: Heading, more: Sequence[str]) -> Heading:
    """A heading with further lines of its title."""
    named = chapter_words.named(heading.title)
    stop = "." if more and named and not named.rest else ""
    return replace(heading, title=" ".join([f"{heading.title}{stop}", *more])[:_TITLE_CHARS])


def _is_name(line: str) -> bool:
    """Whether a line of its own could be the name of a chapter, not its first words."""
    name = line.strip()
    return len(name) <= 70 and _is_title(name) and (name.isupper() or name[-1:] not in ".!?—-”’\"'")


def place(
    headings: Sequence[Heading],
    page_starts: Sequence[int],
    length: int,
    source: str,
    confidence: float,
    left_out: Sequence[int] = (),
) -> list[Chapter]:
    """The chapters that begin at `headings`, on pages that begin at `page_starts` of a text of `length` characters.

    Args:
        left_out: offsets in the text, in order, of characters that the pages do not show.
    """
    ordered = sorted({heading.start: heading for heading in headings}.values(), key=lambda heading: heading.start)
    chapters = []
    for index, heading in enumerate(ordered[:_MAX_CHAPTERS]):
        end = ordered[index + 1].start if index + 1 < len(ordered) else length
        first = max(1, bisect_right(page_starts, heading.start))
        last = max(first, bisect_right(page_starts, max(heading.start, end - 1)))
        share = max(0, min(end, length) - heading.start) / max(1, length)
        begun = page_starts[first - 1]
        hidden = bisect_left(left_out, heading.start) - bisect_left(left_out, begun)
        offset = max(0, heading.start - begun - hidden)
        chapters.append(Chapter(heading.title, first, last, round(share, 4), confidence, source, offset, heading.level))
    return chapters
