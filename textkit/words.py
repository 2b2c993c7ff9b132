"""Words of a text: tokens, stop words, a light English stemmer, and the folding of hard-wrapped text into lines.

Not a linguistic analysis: no parts of speech, no lemmas. Scripts written without spaces are cut
into pairs of characters.
"""

import re
from functools import lru_cache

# Combining marks are not \w, but without them Devanagari, Arabic and Hebrew words would fall apart. The danda signs
# (U+0964-5) lie inside the Indic range and are full stops.
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0963\u0966-\u0dff"
    "\u200c\u200d"
)
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
WORD = re.compile(rf"[^\W_][^\W_{_MARKS}]*+(?:[{_MARKS}]++[^\W_]*+)*+(?:['’\-‑](?=[^\W_])[^\W_]++[{_MARKS}]*+)*+")
_UNSPACED_RUN = re.compile(rf"[{_UNSPACED}]+")
_LONGEST_WORD = 64

_ENGLISH = """
a about above added after again against ago ain't all almost alone along already also although always am among
an and another answered any anybody anyone anything are aren't as asked at away back be became because become
been before began begin being below beside besides best better between beyond both but by called came can can't
cannot certain certainly come continued could couldn't cried day days dear did didn't do does doesn't doing
don't done down during each eight either else enough even ever every everybody everyone everything except
exclaimed far felt few first five for former forth found four from full further gave get give given go goes
going gone good got great had hadn't half has hasn't have haven't having he he'd he'll he's her here here's hers
herself him himself his how however hundred i i'd i'll i'm i've if in indeed instead into is isn't it it'd it's
its itself just keep kept knew know known last late later least leave left less let let's like little long
looked looking made make man many may me mean men might mine miss moment more most mr mrs much must my myself
near nearly need neither never next nine no nobody none nor not nothing now o observed of off often oh on once
one only onto or other others otherwise ought our ours ourselves out over own part people per perhaps put quite
rather really replied returned round said same saw say says see seem seemed seen seven several shall she she'd
she'll she's should shouldn't since sir six so some somebody someone something sometimes soon still such suppose
take taken tell ten than that that'll that's the thee their theirs them themselves then thence there there's
therefore these they they'd they'll they're they've thing things think this those thou though thought three
through thus thy till time to together told too took toward towards turned two under until unto up upon us use
used very was wasn't way we we'd we'll we're we've well went were weren't what what'll what's whatever when
whence where whether which while who who'd who'll who's whole whom whose why will with within without won't
would wouldn't yes yet you you'd you'll you're you've your yours yourself
"""
STOP_WORDS = frozenset(_ENGLISH.split())


def words(text: str) -> list[str]:
    """Return the words of `text` as written, in order; a run of an unspaced script (Chinese, Thai) is one word."""
    return WORD.findall(text)


def is_stop_word(word: str) -> bool:
    """Tell whether `word` is an English function word, in any case and with either apostrophe."""
    return word.lower().replace("’", "'") in STOP_WORDS


def terms(found: list[str]) -> list[str]:
    """Return the stems of the content words among `found`; pairs of characters for unspaced scripts."""
    kept: list[str] = []
    for word in found:
        stem = _stem(word[:_LONGEST_WORD])
        if stem:
            kept.append(stem)
        elif len(word) > 1 and word[0] > "\u0dff" and _UNSPACED_RUN.match(word):
            kept.extend(word[at : at + 2] for at in range(len(word) - 1))
    return kept


@lru_cache(maxsize=100_000)
def _stem(word: str) -> str:
    """Return the stem, or nothing for a stop word, a single letter or an unspaced run."""
    lowered = word.lower().replace("’", "'")
    if lowered in STOP_WORDS or len(lowered) < 2 or _UNSPACED_RUN.match(lowered):
        return ""
    lowered = lowered.removesuffix("'s").removesuffix("'")
    return "" if lowered in STOP_WORDS else stem(lowered)


def stem(word: str) -> str:
    """Strip the commonest English inflections from a lower-case word, so that `walked` meets `walking` and `walks`."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for suffix in ("ing", "ed"):
        root = word.removesuffix(suffix)
        if root != word and len(root) >= 3 and re.search("[aeiouy]", root):
            return root[:-1] if root[-1] == root[-2] and root[-1] not in "lsz" else root
    return word[:-1] if len(word) > 4 and word.endswith("e") else word


def ends_unspaced(text: str) -> bool:
    """Tell whether the next sentence follows without a space, as in Chinese and Japanese."""
    return (
        text.endswith(("。", "！", "？", "」", "』", "”"))
        and _UNSPACED_RUN.search(text, max(0, len(text) - 4)) is not None
    )


def is_unspaced(word: str) -> bool:
    """Tell whether `word` is a run of a script written without spaces."""
    return _UNSPACED_RUN.match(word) is not None


def measure(found: list[str]) -> int:
    """Return the length in words, counting two characters of an unspaced script, or ten of an endless word, as one."""
    return sum(1 if len(word) < 20 and word[0] <= "\u0dff" else _measure_long(word) for word in found)


def count(text: str) -> int:
    """Return the number of words as a reader would count them; of unspaced scripts two characters are one."""
    runs = _UNSPACED_RUN.findall(text)
    if not runs:
        return len(text.split())
    spaced = _UNSPACED_RUN.sub(" ", text).split()
    return sum(max(1, len(run) // 2) for run in runs) + sum(any(map(str.isalnum, token)) for token in spaced)


def _measure_long(word: str) -> int:
    return max(1, len(word) // (2 if _UNSPACED_RUN.match(word) else 10))


_BROKEN_LINE = re.compile(r"(?<=[^\W\d_]-)\r?\n\s*(?=[^\W\d_])|(?<=--|.—)\r?\n\s*")
_ITALICS = re.compile(r"(?<!\w)_++(?=\S)|(?<=[^\s_])_++(?![^\W_])")
_INVISIBLE = dict.fromkeys([0xFEFF, 0x00AD, 0x200B, 0x2060])


def fold(text: str) -> str:
    """Return `text` on one line, without the underscores that mark italics in plain-text books; otherwise unchanged."""
    joined = _BROKEN_LINE.sub("", text.translate(_INVISIBLE))
    return " ".join(_ITALICS.sub("", joined).split())
