"""Compares the words that two readers of a PDF found: which of the reference's came, in its order, page by page."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from bookreader.gutenberg import PageFrame

_HYPHEN_AT_LINE_END = re.compile(r"(?<=\w)-\n(?=\w)")
_HEAD_PAGES = 5


def kept(reference: Sequence[str], pages: Sequence[str]) -> tuple[int, int]:
    """How many words of the reference the pages have in its order, and how many it has."""
    found = total = 0
    for theirs, ours in zip(comparable(reference), pages, strict=True):
        wanted, got = theirs.split(), ours.split()
        matcher = difflib.SequenceMatcher(None, wanted, got, autojunk=False)
        found += sum(block.size for block in matcher.get_matching_blocks())
        total += len(wanted)
    return found, total


def comparable(reference: Sequence[str]) -> list[str]:
    """The reference's pages without what the catalog leaves out or mends on purpose.

    That is the frame and licence of Project Gutenberg, and line ends within words: `self-` and `denial` are one word.
    """
    frame = PageFrame(reference[:_HEAD_PAGES])
    return [_HYPHEN_AT_LINE_END.sub("-", frame.strip(page)) for page in reference]
