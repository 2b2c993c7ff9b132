"""Find what of a text is prose: headings, datelines, letter heads, captions, tables, code and commands are not.

Works on lines and short paragraphs; what it takes out is blanked, so that places in the text stay what they were.
"""

import re
from collections.abc import Iterator

# Where less than this share of the characters would be left, the text is no prose, and is taken as it is.
LEAST_PROSE = 0.2
_SHORT_WORDS, _SHORT_CHARS = 14, 140
_MOST_CAPITALS = 0.6

_MONTHS = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    "nov(?:ember)?|dec(?:ember)?)"
)
_DAY = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?\.?,? (?:of )?{_MONTHS}\b|\b{_MONTHS}\.? \d{{1,2}}(?:st|nd|rd|th)?\b)"
_DATE = re.compile(rf"{_DAY}|\b1[5-9]\d\d\b|\b20\d\d\b|\b1\d(?:—|--)|^\d{{1,2}}[:.]\d\d\b", re.IGNORECASE)
# "3 May. Bistritz.--Left Munich": the entry of a diary begins after the dash.
_RUN_IN_DATE = re.compile(rf"_?(?:[^\n.—]{{0,40}}[.,] ?)?{_DAY}[^\n—]{{0,60}}?(?:--+|—)\s*", re.IGNORECASE)
_PARAGRAPH = re.compile(r"(?:^[^\S\n]*+\S[^\n]*+(?:\n|\Z))+", re.MULTILINE)
_FENCED = re.compile(r"^[^\S\n]*+(```|~~~).*?(?:^[^\S\n]*+\1[^\n]*$|\Z)", re.MULTILINE | re.DOTALL)
# A line that only tools write: headings, rules, tables and comments of Markdown, commands, leaders of a contents list.
_MARKED_LINE = re.compile(
    r"\s*+(?:#{1,6}\s.*|\|.*|[=-]{3,}\s*|[|:+-]{5,}\s*|<[!/]?\w*.*>\s*|!\[.*|(?:\$|>>>|#!|PS1>|[A-Z]:\\>)\s?\S.*|"
    r".*(?:\.{4,}|(?:\. ){4,})\s*[\divxlc]{1,5}\s*)$"
)
_UNDERLINE = re.compile(r"\s*(?:={3,}|-{3,})\s*$")
# A longer line is prose whatever it looks like.
_LONGEST_LINE = 300
_CELLS = re.compile(r"\S(?:[^\S\n]{3,}|\t)\S[^\n]*\S(?:[^\S\n]{3,}|\t)\S|^[^\S\n]*\S+(?:\t\S+){2,}")
_CODE_LINE = re.compile(
    r"^(?:[^\S\n]{4,}|\t)[^\n]*(?:[{}]|;$|\w\([^\n]*\)|[^\n]=[^\n]|</?\w+>|\b(?:def|for|if|else|while|with|class)\b[^\n]*:$)"
    r"[^\n]*$|"
    r"^[^\S\n]*(?:[\w.]+ ?[-+*/]?= ?\S[^\n]*[\])};\w]|[\w.]+\([^\n]*\);?|[{}\])];?)[^\S\n]*$"
)
_CAPTION = re.compile(
    r"[_*[(]*(?:(?:fig(?:ure|\.)?|table|plate|map|chart|listing|photo(?:graph)?|illustration)s?\.? ?"
    r"(?:\d+|[IVXLC]+)(?:[.:)—-]|$)|illustrations?\b ?[\]:]|(?:source|photo|credit|image): )",
    re.IGNORECASE,
)
_SALUTATION = re.compile(
    r"[_“\"]*(?:(?:my )?(?:own )?(?:very )?dear(?:est)?\b[^.,!?\n]{0,40}[,:;.—-]+|"
    r"to (?:mrs?|miss|sir|lady|the)\b[^!?\n]{0,80}|"
    r"(?:i am|i remain|believe me)?[^.!?\n]{0,30}\byours?,? (?:most |very |ever )?"
    r"(?:affectionate|faithful|truly|sincerely|obedient|humble|loving)[^!?\n]{0,80}|"
    r"(?:p\. ?s|post ?script|signed|copy)\b[.:—-]*)[_”\"]*$",
    re.IGNORECASE,
)
_NUMBERED_HEADING = re.compile(
    r"[_*“\"]*(?:chapter|letter|book|part|volume|act|scene|canto|stave|section|appendix)\b[ .:—-]*(?:the )?"
    r"(?:\d{1,4}|[ivxlc]{1,8}|one|first|two|second|three|third|last)\b|(?-i:[IVXLC]{1,7}|\d{1,3})(?:\.|[^\S\n]*(?:\n|$))",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[^\W\d_][\w’'-]*")
_SMALL_IN_TITLES = frozenset("a an and as at by for from in into of on or the to with".split())


def prose(text: str) -> str:
    """Return `text`, of the same length, with all that is no prose blanked; unchanged where hardly any would be left.

    Blanked stretches of a paragraph end it. Takes linear time.
    """
    spans = [found.span() for found in _FENCED.finditer(text)] if "```" in text or "~~~" in text else []
    position = 0
    for paragraph in _PARAGRAPH.finditer(text):
        if paragraph.start() >= position:
            spans.extend(_blanks(paragraph.group(), paragraph.start()))
            position = paragraph.end()
    kept = _blanked(text, sorted(spans))
    full = sum(map(len, text.split()))
    return kept if spans and sum(map(len, kept.split())) >= LEAST_PROSE * full else text


def _blanked(text: str, spans: list[tuple[int, int]]) -> str:
    pieces: list[str] = []
    position = 0
    for start, end in spans:
        if end > position:
            start = max(start, position)
            pieces += [text[position:start], "\n" * (end - start)]
            position = end
    return "".join([*pieces, text[position:]])


def _blanks(paragraph: str, at: int) -> Iterator[tuple[int, int]]:
    """The places in the text of what is no prose in one paragraph, which begins at `at`."""
    run_in = _RUN_IN_DATE.match(paragraph)
    if run_in and any(map(str.isalpha, paragraph[run_in.end() :])):
        yield at, at + run_in.end()
    elif _CAPTION.match(paragraph.lstrip()) or (len(paragraph) <= 2 * _SHORT_CHARS and _is_heading(paragraph.strip())):
        yield at, at + len(paragraph)
        return
    lines = paragraph.splitlines(keepends=True)
    short = [line if len(line) <= _LONGEST_LINE else "" for line in lines]
    cells = [_CELLS.search(line) is not None for line in short]
    position = at
    for number, line in enumerate(lines):
        beside = any(cells[max(0, number - 1) : number]) or any(cells[number + 1 : number + 2])
        title = number + 1 < len(lines) and len(line) <= _SHORT_CHARS and _UNDERLINE.match(short[number + 1])
        if (cells[number] and beside) or title or _MARKED_LINE.match(short[number]) or _CODE_LINE.match(short[number]):
            yield position, position + len(line)
        position += len(line)


def _is_heading(paragraph: str) -> bool:
    """Tell whether a short paragraph is a heading, a dateline, or the head or foot of a letter."""
    found = _LETTERS.findall(paragraph)
    if len(found) > _SHORT_WORDS or paragraph.count("\n") > 2:
        return False
    if _SALUTATION.match(paragraph):
        return True
    capitals = sum(word[0].isupper() for word in found if word.lower() not in _SMALL_IN_TITLES)
    weighty = sum(word.lower() not in _SMALL_IN_TITLES for word in found)
    title = len(found) > 2 and capitals >= _MOST_CAPITALS * weighty and (weighty > 3 or paragraph[-1] != ".")
    numbered = _NUMBERED_HEADING.match(paragraph) is not None
    if _DATE.search(paragraph) and (title or not weighty or capitals >= 0.5 * weighty):
        return True
    quoted = paragraph[0] in "“‘\"'" or paragraph.endswith(("!", "?", "”", '"'))
    return bool(title or numbered) and not quoted
