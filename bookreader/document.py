"""What reading a file yields, event by event, and how the events cross from the child process to its parent."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import Any, ClassVar, NamedTuple, get_args

from textkit import words

# What no text should hold, and no database can.
UNSTORABLE = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


class FileProblemError(Exception):
    """The file cannot be read; the text says why, for the person who sent it."""


class Contributor(NamedTuple):
    """Somebody other than an author; `role` is a MARC relator code such as `edt`, `ill` or `trl`, `ctb` if unknown."""

    name: str
    role: str


@dataclass(frozen=True)
class Metadata:
    """What a file says of the book. Comes before the pages.

    `language` is a BCP 47 tag, `publication_date` YYYY, YYYY-MM or YYYY-MM-DD, `isbn` thirteen digits.
    `text_source` is `embedded`, or `none` for a file whose pages are pictures.
    """

    format: str
    title: str | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None
    publication_date: str | None = None
    subtitle: str | None = None
    contributors: tuple[Contributor, ...] = ()
    series: str | None = None
    series_index: float | None = None
    publisher: str | None = None
    subjects: tuple[str, ...] = ()
    description: str | None = None
    isbn: str | None = None
    text_source: str = "embedded"

    @property
    def author(self) -> str | None:
        """All authors in one line."""
        return "; ".join(self.authors)[:500] or None


@dataclass(frozen=True)
class Warned:
    """Something was skipped, guessed or recovered; `code` is one word for programs, `message` a sentence for people."""

    code: str
    message: str


@dataclass(frozen=True)
class Progress:
    """So many pages have been read, of so many where that is known in advance. May come before the metadata."""

    pages_done: int
    pages_total: int | None = None


@dataclass(frozen=True)
class PageRead:
    """One page; `problem` says why it is empty, if it could not be read; `images` names its pictures in the file."""

    text: str
    problem: str | None = None
    images: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chapter:
    """A chapter: pages from 1, the share of the book's text it holds, and how sure we are of it, both 0 to 1.

    `first_offset` is where its heading begins in the text of its first page, in characters.
    `source` says what it was found by: `contents`, `headings` or `text`. `level` is 1 for the outermost chapters.
    """

    title: str
    first_page: int
    last_page: int
    share: float
    confidence: float
    source: str
    first_offset: int = 0
    level: int = 1


# The pictures that browsers show as they are, by Pillow's names; anything else becomes PNG.
SERVED = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp"}


@dataclass(frozen=True)
class Picture:
    """A picture, ready to serve, of `size` bytes, 0 if they were left out; `page` is set where pages were asked."""

    media_type: str
    width: int
    height: int
    size: int
    page: int = 0


@dataclass(frozen=True)
class Refused:
    """The file cannot be read, for this reason. Comes last."""

    reason: str


@dataclass(frozen=True)
class Done:
    """Everything was read. Comes last."""


Event = Metadata | Warned | Progress | PageRead | Chapter | Picture | Refused | Done
_KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in get_args(Event)}


@dataclass
class Document:
    """A file that was read."""

    metadata: Metadata
    pages: list[PageRead] = field(default_factory=list)
    chapters: list[Chapter] = field(default_factory=list)
    warnings: list[Warned] = field(default_factory=list)

    @property
    def word_count(self) -> int:
        """Words on all pages."""
        return sum(words.count(page.text) for page in self.pages)


class WarningLog:
    """Collects what is skipped, guessed or recovered while a file is read; one warning for each code."""

    _MESSAGES: ClassVar[dict[str, str]] = {
        "bytes_damaged": "Bytes that do not fit the encoding were read as Windows-1252 or replaced: {}.",
        "container_damaged": "META-INF/container.xml is missing or damaged; the package document was searched for.",
        "contents_damaged": "The table of contents cannot be read: {}.",
        "contents_missing": "There is no usable table of contents; chapters were found by headings or by words.",
        "contents_poor": "The table of contents leaves most of the text undivided; chapters were found by headings.",
        "encoding_guessed": "The file does not say its encoding; it was read as {}.",
        "file_damaged": "Files that cannot be unpacked or decoded were skipped: {}.",
        "file_encrypted": "Encrypted files were skipped: {}.",
        "file_missing": "Files that the book names are missing: {}.",
        "front_matter_damaged": "The front matter is not valid YAML and was read line by line.",
        "markup_recovered": "Files with broken markup were read as far as possible: {}.",
        "no_text": "No text was found on any page.",
        "package_damaged": "The package document cannot be read: {}. Metadata is missing; files were read by name.",
        "page_damaged": "Pages that are damaged were left empty: {}.",
        "page_garbled": "Pages whose fonts do not say which letters they show were left empty: {}.",
        "page_scanned": "Pages that are pictures without text were left empty: {}.",
        "picture_missing": "Pictures that are not in the file were left out: {}.",
        "spine_missing": "The package names no reading order; all texts were read in the order of its list.",
        "target_missing": "Entries of the table of contents that lead nowhere were moved or left out: {}.",
    }

    def __init__(self) -> None:
        self._items: dict[str, dict[str, None]] = {}

    def add(self, code: str, item: str = "") -> None:
        """Note one occurrence; `item` names it, a file for instance."""
        self._items.setdefault(code, {})[item[:100]] = None

    def message(self, code: str) -> str | None:
        """The message of a code with its first few items; None if nothing was noted."""
        if (items := self._items.get(code)) is None:
            return None
        named = ", ".join(list(items)[:5]) + (f" and {len(items) - 5} more" if len(items) > 5 else "")
        return self._MESSAGES[code].format(named)

    def events(self) -> Iterator[Warned]:
        """All warnings."""
        return (Warned(code, self.message(code) or "") for code in self._items)


def encode(event: Event) -> bytes:
    """One line of JSON."""
    return json.dumps([type(event).__name__, asdict(event)], ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def decode(line: bytes) -> Event:
    """The event of a line. What the child writes is not trusted: all texts are cleaned here, whatever reader made them.

    Raises:
        ValueError: the line is cut off or not one of ours.
    """
    try:
        name, fields = json.loads(line)
        clean = {key: _cleaned(value) for key, value in fields.items()}
        event: Event = _KINDS[name](**clean)
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError("not an event") from error
    if isinstance(event, Metadata):
        return replace(event, contributors=tuple(Contributor(*one) for one in event.contributors))
    return event


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return UNSTORABLE.sub("", value)
    return tuple(map(_cleaned, value)) if isinstance(value, list) else value


def lines(events: Iterator[Event]) -> Iterator[bytes]:
    """The lines of a file's events; a FileProblemError becomes the last."""
    try:
        for event in events:
            yield encode(event)
        yield encode(Done())
    except FileProblemError as problem:
        yield encode(Refused(str(problem)))
