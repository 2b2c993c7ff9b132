"""Judge how well a sentence stands alone: what a reader can follow without the sentences around it.

Surface signs only (length, quotation marks, pronouns, capitals, full stops); not a judgement of what is said.
"""

import re
from collections.abc import Collection, Sequence

from textkit.sentences import ends_like_sentence

# What may never be quoted as a sentence of the book: licences, credits, addresses, apparatus.
_APPARATUS = re.compile(
    r"project gutenberg|produced by|transcribed by|transcriber|html version|e-?text|ebook|https?:|www\.|copyright|"
    r"all rights reserved|\bisbn\b|\*\*\*|\btable of contents\b|illustration:|footnote|^\[",
    re.IGNORECASE,
)
_PRONOUN_FIRST = re.compile(
    r"(?:he|she|it|they|this|that|these|those|such|him|his|her|hers|its|their|both|neither|here|there|thus|another|others|"
    r"the (?:latter|former|other|others|same))\b",
    re.IGNORECASE,
)
_LINK_FIRST = re.compile(
    r"(?:but|and|so|then|however|therefore|nor|or|yet|for|still|besides|moreover|also|hence|consequently|accordingly|"
    r"otherwise|meanwhile|nevertheless|indeed|well|oh|ah|no(?=,)|yes|now|again|too|perhaps|apparently|presently|"
    r"next|in another moment|just then|at (?:last|length|once|this)|after (?:a|some) (?:time|while))\b",
    re.IGNORECASE,
)
_IMPERSONAL = re.compile(
    r"(?:there|here) (?:is|was|are|were|has been|had been|seems|seemed|may be|came|stood|lay|lived)\b|"
    r"it (?:is|was|has been|had been|seems|seemed|may be)(?: \w+)? "
    r"(?:an?|the|not?|at|in|on|only|true|said|that|to|as)\b",
    re.IGNORECASE,
)
_PERSONAL = re.compile(r"\b(?:he|she|him|his|her|hers)\b", re.IGNORECASE)
_OTHERS = re.compile(
    r"\b(?:they|them|their|theirs|its)\b|(?<=[a-z] )it\b(?! (?:is|was|were|had been|has been|seem))", re.IGNORECASE
)
_ANTECEDENT = re.compile(
    r"\b(?:an?|the|my|our|these|those|some|many|all|every|two|three|four|\w+s)\s+\w+|[^\W\d_]{3,}s\b", re.IGNORECASE
)
# "these phenomena", "do that.", "said to this:" point at a sentence that is not there.
_POINTING = re.compile(
    r"(?<=\s)(?:this|these|those|such|the same|thus|thereby|the other|the former|the latter)\b|\bthat(?=[.;:,!?])|"
    r"\bto do so\b|\b(?:after|on|into|of|with|at|to|for|in|from|upon|over|about) (?:it|them)\b",
    re.IGNORECASE,
)
# "the affair", "the time" without saying which.
_VAGUE = re.compile(
    r"\bthe (?:matter|affair|thing|plan|answer|question|business|incident|subject|time|moment|idea|fact|reason|change|"
    r"effect|sight|remark|conversation)\b"
    r"(?! (?:of|that|when|which|who|to|for|in|at|between|where|why|with|I|he|she|they)\b)",
    re.IGNORECASE,
)
# "Alice said; but was dreadfully puzzled": what is left of a line of dialogue.
_SPEECH_TAG = re.compile(
    r"(?:(?:the|my|poor|old|young|said|cried) )?[\w.’'-]+(?: [\w.’'-]+){0,2},? (?:said|asked|cried|exclaimed|replied|"
    r"answered|whispered|shouted|repeated|remarked|muttered|murmured|continued|interrupted|added|returned)(?: \w+ly)?"
    r"(?:[;:,.!]| (?:to|in|with|at|as|and|again)\b)|(?:said|cried|asked|exclaimed|replied)\b",
)
# "Left Munich at 8:35": a diary that leaves its writer out.
_NO_SUBJECT = re.compile(
    r"(?:left|sold|arrived|went|got|came|slept|woke|wrote|saw|had|did|was|were|am|found|met|felt|took|sent|received|dined|"
    r"started|heard|spent)\b(?! (?:behind|alone|to)\b)",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"`[^`]*`|(?<!\w)--[a-z][\w-]+|(?<!\w)[\w.-]*/[\w./<>{}-]+|\b[A-Z]+_[A-Z_]+\b|\w+\([^)]*\)|[{}<>=|]+"
)
_FIRST_PERSON = re.compile(r"\b(?:I|me|my|we|us|our)\b")
_SECOND = re.compile(r"\b(?:you|your|thou|thee|thy)\b", re.IGNORECASE)
_OPEN_QUOTES = "“«„「『"
_CLOSE_QUOTES = "”」』"
_OPENING_MARKS = "\"'“‘«([—-¿¡ "
# A single mark is a quotation mark only before a word that follows a space, or after a stop; else an apostrophe.
_OPENS = re.compile(r"(?<![\w.,!?;:…—])[‘'](?=\w)|(?<=[—-])‘(?=\w)")
_QUOTE = re.compile(rf"[{_OPEN_QUOTES}”»」』\"]|{_OPENS.pattern}|(?<=[.,!?;:…—-])[’'](?!\w)")
_MAY_QUOTE = re.compile(rf"[{_OPEN_QUOTES}”»」』\"'‘’]")

BEST_WORDS = (12, 32)
FEWEST_WORDS, MOST_WORDS = 6, 60
# A sentence with a larger share of speech, or of words with a capital, is not shown.
MOST_SPEECH, MOST_CAPITALS = 0.2, 0.6


class Speech:
    """Follows quotation marks through the sentences of a paragraph."""

    def __init__(self) -> None:
        self._depth = 0

    @property
    def inside(self) -> bool:
        """Whether a quotation is open."""
        return self._depth > 0

    def share(self, text: str) -> tuple[float, bool]:
        """Return the share of `text` inside quotation marks, and whether a quotation is cut at either end of it."""
        cut = self.inside
        if not cut and not _MAY_QUOTE.search(text):
            return 0.0, False
        quoted = position = 0
        for mark in quote_marks(text):
            cut |= not self.inside and text[mark] in _CLOSE_QUOTES
            quoted += mark - position if self.inside else 0
            position = mark
            self.step(text, mark)
        quoted += len(text) - position if self.inside else 0
        return quoted / max(1, len(text)), cut or self.inside

    def step(self, text: str, mark: int) -> None:
        """Pass the quotation mark at `mark` in `text`."""
        sign = text[mark]
        straight = sign == '"'
        opens = not self.inside if straight else sign in _OPEN_QUOTES or _OPENS.match(text, mark) is not None
        self._depth = max(0, self._depth + (1 if opens else -1))


def quote_marks(text: str) -> list[int]:
    """Return the places of the quotation marks in `text`, apostrophes left out."""
    return [found.start() for found in _QUOTE.finditer(text)]


def is_first_person(text: str) -> bool:
    """Tell whether an English narrator speaks of himself or herself."""
    return _FIRST_PERSON.search(text) is not None


def is_apparatus(text: str) -> bool:
    """Tell whether `text` belongs to the making of the book and not to the book."""
    return _APPARATUS.search(text) is not None


def form(text: str, found: Sequence[str], length: int, speech: float, cut: bool) -> float:
    """Return 0 (never show it) to 1 for the form of a folded sentence, whatever stands around it.

    `found` are its words, `length` its measure, `speech` and `cut` what `Speech` said of it.
    """
    if not found or cut or not ends_like_sentence(text):
        return 0.0
    if not FEWEST_WORDS <= length <= MOST_WORDS or speech > MOST_SPEECH or text[0].islower():
        return 0.0
    if sum(word.isupper() and len(word) > 1 for word in found) > 0.3 * len(found):
        return 0.0
    if sum(word[0].isupper() for word in found) > MOST_CAPITALS * len(found):
        return 0.0
    if sum(word[0].isdigit() for word in found) > 0.3 * len(found) or is_apparatus(text):
        return 0.0
    code = sum(map(len, _CODE.findall(text))) / len(text)
    return _length_fit(length) * (1 - speech) ** 3 * max(0.1, 1 - 2 * code) * _manner(text)


def _length_fit(length: int) -> float:
    low, high = BEST_WORDS
    if length < low:
        return length / low
    return 1.0 if length <= high else max(0.3, 1 - (length - high) / (MOST_WORDS - high) * 0.7)


def _manner(text: str) -> float:
    """A factor for what makes a sentence a part of a conversation, an aside or a note."""
    opening = text.lstrip(_OPENING_MARKS)
    manner = 1.0
    if _SPEECH_TAG.match(opening):
        manner *= 0.2
    if _NO_SUBJECT.match(opening):
        manner *= 0.3
    if text[0] in "([":
        manner *= 0.1
    if _SECOND.search(text):
        manner *= 0.5
    if text.rstrip("\"'”’»)_*").endswith(("!", "?")):
        manner *= 0.3
    return manner


def clarity(text: str, names: Collection[str]) -> float:
    """Return 0 to 1 for how well a folded sentence can be followed without those before it; `names` are those known."""
    opening = text.lstrip(_OPENING_MARKS)
    clarity = 1.0
    if _PRONOUN_FIRST.match(opening):
        clarity *= 0.8 if _IMPERSONAL.match(opening) else 0.25
    if _LINK_FIRST.match(opening):
        clarity *= 0.4
    personal = _PERSONAL.search(text)
    if personal:
        before = re.split(r"\W+", text[: personal.start()])
        clarity *= 0.95 if any(word in names for word in before) else 0.4
    others = _OTHERS.search(text)
    if others and not _ANTECEDENT.search(text, 0, others.start()):
        clarity *= 0.5
    if _VAGUE.search(text):
        clarity *= 0.75
    return clarity * 0.6 ** min(2, len(_POINTING.findall(text)))
