"""Running text with headings and pictures, as EPUB, HTML and Markdown give it, to metadata, pages and chapters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from bookreader import chapters, gutenberg, headings
from bookreader.chapters import CONTENTS, HEADINGS, TEXT, Heading
from bookreader.document import Event, Metadata, WarningLog
from bookreader.limits import Limits
from bookreader.pages import IMAGE, paginate


@dataclass
class Flow:
    """A text; its headings, the entries of its contents and its files, by where they begin; its pictures in order."""

    text: str = ""
    headings: list[Heading] = field(default_factory=list)
    contents: list[Heading] = field(default_factory=list)
    files: list[Heading] = field(default_factory=list)
    images: list[str] = field(default_factory=list)


def events(flow: Flow, metadata: Metadata, limits: Limits, warnings: WarningLog) -> Iterator[Event]:
    """The events of a text; what the metadata lacks comes from a Project Gutenberg frame, which is left out.

    Raises:
        FileProblemError: there is no text, or it is over a limit.
    """
    framed = gutenberg.strip(flow.text)
    title, authors, language = framed.title, framed.authors, framed.language
    if metadata.format == "epub":  # there the metadata is better; titles of HTML files are those of web pages
        title, authors, language = metadata.title or title, metadata.authors or authors, metadata.language or language
    yield replace(
        metadata,
        title=title or metadata.title,
        authors=authors or metadata.authors,
        language=language or metadata.language,
    )
    flow = _within(flow, framed.text)
    found, source = _chapters(flow, warnings)
    yield from paginate(flow.text, limits, found, source, flow.images)
    yield from warnings.events()


def _within(flow: Flow, text: str) -> Flow:
    """The flow of a part of its text."""
    shift = flow.text.find(text[:200]) if text != flow.text else 0
    skipped = flow.text.count(IMAGE, 0, shift)

    def moved(found: Sequence[Heading]) -> list[Heading]:
        inside = (one for one in found if 0 <= one.start - shift < len(text))
        return [replace(one, start=one.start - shift) for one in inside]

    return Flow(text, moved(flow.headings), moved(flow.contents), moved(flow.files), flow.images[skipped:])


def _chapters(flow: Flow, warnings: WarningLog) -> tuple[list[Heading], str]:
    """The chapters by the contents, unless the headings divide the text much better; else by the files' titles.

    None if they must be found in the text itself.
    """
    by_contents = headings.ranked(flow.contents) if len({one.start for one in flow.contents}) >= 2 else []
    by_headings = headings.chapters(flow.headings, flow.text)
    if by_contents and by_headings and len(by_headings) > len(by_contents):
        share = headings.largest_share(by_contents, len(flow.text))
        if share > max(headings.MAX_SHARE, headings.largest_share(by_headings, len(flow.text))):
            warnings.add("contents_poor")
            by_contents = []
    if by_contents:
        return by_contents, CONTENTS
    if by_headings:
        return by_headings, HEADINGS
    titles = {one.title for one in flow.files}
    if len(titles) >= max(2, len(flow.files) - 2) and not chapters.find(flow.text)[0]:
        return flow.files, HEADINGS
    return [], TEXT
