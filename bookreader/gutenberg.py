"""Recognises the frame that Project Gutenberg puts around a text, and takes title, authors and language from it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bookreader.document import Contributor

_HEAD_CHARS = 20_000
_FIRST_CHARS = 600
_START = re.compile(
    r"^[ \t]*\*{3}[ \t]*START OF TH(?:E|IS) PROJECT GUTENBERG[^*]{0,400}\*{3}[ \t]*$"
    r"|^[^\n]*\*[ \t]*END ?\*? ?(?:OF )?THE[ \t]+SMALL PRINT[^\n]*$"
    r"|^[ \t]*\**[ \t]*(?:This is the )?(?:Start|Beginning) of (?:the |this )?Project Gutenberg[^\n]*$",
    re.IGNORECASE | re.MULTILINE,
)
_END = re.compile(
    r"^[ \t]*\*{3}[ \t]*END OF TH(?:E|IS) PROJECT GUTENBERG"
    r"|^[ \t*]*(?:This is the |The )?End of (?:The |This )?(?:Project Gutenberg|Etext of Project)(?:['’]s)?\b"
    r"|^[ \t*]*(?:Ende (?:dieses|des) Proje[ck]t Gutenberg|Fin (?:de ce |du |de )(?:\w+ )?(?:\w+ )?Project Gutenberg)",
    re.IGNORECASE | re.MULTILINE,
)
_FIELD = re.compile(
    r"^(Title|Author|Language|Editor|Translator|Illustrator|Contributor)s?:[ \t]*(.*(?:\n[ \t]+\S.*)*)", re.I | re.M
)
_FIRST_LINE = re.compile(
    r"\A[\s*]*(?:This is )?(?:The )?Project Gutenberg(?:['’]s)?[ \t]+(?:(?:E-?text|E-?book)[ \t]*,?\s+)?(?:of\s+)?"
    r"(?P<title>[^\n*]{2,200}?(?:\n[^\n*#]{2,100}?)?)"
    r"(?:,?\s+(?:by|von|par)\s+(?P<author>[^\n*#]{2,100}))?[ \t*]*(?=\n|\Z)",
    re.IGNORECASE,
)
_ROLES = {"editor": "edt", "translator": "trl", "illustrator": "ill", "contributor": "ctb"}
_NOBODY = ("unknown", "various", "n/a", "none")
_CREDITS = re.compile(
    r"\s*(?:(?:Produced|Transcribed|Prepared|Scanned|Proofread|Digiti[sz]ed|Created|Edited) "
    r"(?:and [\w-]+ )?(?:by|for|from)|"
    r"(?:This )?(?:E-?text|E-?book|File) (?:was )?(?:first )?(?:prepared|produced|scanned|created|transcribed)|"
    r"HTML version by)\b[^\n]*(?:\n[^\n]+)*",
    re.I,
)
_LANGUAGES = {
    name: tag
    for tag, name in (
        pair.split(":")
        for pair in (
            "af:afrikaans ar:arabic bg:bulgarian br:breton ca:catalan cs:czech cy:welsh da:danish de:german el:greek "
            "en:english eo:esperanto es:spanish et:estonian eu:basque fa:persian fa:farsi fi:finnish fr:french "
            "fy:frisian ga:irish gd:gaelic gl:galician he:hebrew hi:hindi hr:croatian hu:hungarian ia:interlingua "
            "id:indonesian is:icelandic it:italian ja:japanese ko:korean la:latin lt:lithuanian lv:latvian mi:maori "
            "nb:bokmål nl:dutch nn:nynorsk no:norwegian oc:occitan pl:polish pt:portuguese ro:romanian ru:russian "
            "sa:sanskrit sk:slovak sl:slovenian sr:serbian sv:swedish sw:swahili tl:tagalog tr:turkish uk:ukrainian "
            "ur:urdu vi:vietnamese yi:yiddish zh:chinese"
        ).split()
    )
}


@dataclass(frozen=True)
class Framed:
    """A text without its frame, and what the frame said of the book. Without a frame, the whole text and nothing."""

    text: str
    title: str | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None
    contributors: tuple[Contributor, ...] = ()


def strip(text: str) -> Framed:
    """Remove the frame of `text`, whose lines end in a line feed; of several framed texts, every frame."""
    start = _START.search(text, 0, _HEAD_CHARS)
    if start is None or "gutenberg" not in text[: start.end()].lower():
        return Framed(text)
    head = text[: start.start()]
    bodies = []
    while start:
        end = _END.search(text, start.end())
        bodies.append(_body(text, start.end(), end.start() if end else len(text)))
        start = _START.search(text, end.end()) if end else None
    return _framed("\n\n\n".join(bodies), head)


def _framed(body: str, head: str) -> Framed:
    fields = _fields(head)
    if "title" not in fields and (first := _FIRST_LINE.match(head[:_FIRST_CHARS])):
        fields["title"] = [" ".join(first["title"].split()).rstrip(",")]
        if first["author"]:
            fields.setdefault("author", [" ".join(first["author"].split()).rstrip(".")])
    title, language = (" ".join(fields.get(name, ())) or None for name in ("title", "language"))
    people = [Contributor(name, role) for field, role in _ROLES.items() for name in fields.get(field, ())]
    return Framed(body, title and title[:500], tuple(fields.get("author", ())), language_tag(language), tuple(people))


class PageFrame:
    """Removes the frame of a book page by page; `framed` is what the frame said of the book, its text empty."""

    def __init__(self, first_pages: Sequence[str]) -> None:
        """Look for the frame in the first few pages."""
        head: list[str] = []
        self._found, self._inside, self.framed = False, False, Framed("")
        for page in first_pages:
            start = _START.search(page)
            head.append(page[: start.start()] if start else page)
            if start and "gutenberg" in (head[-1] + start[0]).lower():
                self._found, self.framed = True, _framed("", "\n".join(head))
                return

    def strip(self, page: str) -> str:
        """The part of the next page that belongs to the book."""
        if not self._found:
            return page
        kept, at = [], 0
        while mark := (_END if self._inside else _START).search(page, at):
            if self._inside:
                kept.append(page[at : mark.start()])
            self._inside, at = not self._inside, mark.end()
        if self._inside:
            kept.append(page[at:])
        return "\n".join(kept).strip()


def language_tag(name: str | None) -> str | None:
    """The BCP 47 tag of a language's English name; the first, if several are named; None for one not known."""
    first = re.split(r"[,;/ ]", name.strip().lower())[0] if name else ""
    return _LANGUAGES.get(first)


def _fields(head: str) -> dict[str, list[str]]:
    """The lines of each field: of people, one to a line, each once and never a placeholder."""
    fields: dict[str, list[str]] = {}
    for name, value in _FIELD.findall(head):
        lines = [" ".join(line.split())[:500] for line in value.split("\n") if line.strip()]
        people = name.lower() not in ("title", "language")
        if people:
            lines = [line for line in lines if line.lower() not in _NOBODY]
        known = fields.get(name.lower(), [])
        if lines and (people or not known):
            fields[name.lower()] = list(dict.fromkeys([*known, *lines]))
    return fields


def _body(text: str, start: int, end: int) -> str:
    body = text[start:end].strip("\n")
    credit = _CREDITS.match(body)
    return body[credit.end() :].strip("\n") if credit else body
