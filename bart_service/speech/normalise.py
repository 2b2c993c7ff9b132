"""Writes a sentence as a person would say it, and remembers where each part of it came from.

Marks of emphasis, notes, links and tags fall away; numbers, dates, times, money, units, abbreviations and Roman
numerals become words in the seven languages of `normalise_rules`. In other languages eSpeak reads the numbers.
One pass over the text by one pattern for each language, so the work is linear.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from bart_service.speech import languages
from bart_service.speech.normalise_rules import RULES, Money, Rules, cardinal, ordinal

_MOST_DIGITS = 15  # longer numbers are read digit by digit
_RULERS = (
    "King|Queen|Pope|Emperor|Tsar|König|Königin|Kaiser|Papst|Zar|Roi|Reine|Pape|Empereur|Rey|Reina|Papa|Rei|Rainha|Re|Regina|"
    "Koning|Koningin|Paus|Keizer|"
    "Alexander|Alexandre|Alejandro|Alessandro|Alfonso|Afonso|Benedict|Benedikt|Benoît|Benedetto|Carl|Carlo|Carlos|Catherine|"
    "Caterina|Charles|Christian|Clement|Clément|Edward|Edoardo|Eduard|Eduardo|Elisabeth|Elisabetta|Elizabeth|Élisabeth|"
    "Emanuele|Enrico|Enrique|Federico|Felipe|Ferdinand|Fernando|Filipe|Filippo|Francesco|Francis|Francisco|Franz|François|"
    "Frederick|Frédéric|Friedrich|Georg|George|Georges|Giorgio|Giovanni|Gregor|Gregory|Grégoire|Guillaume|Guillermo|Gustav|"
    "Haakon|Harald|Heinrich|Hendrik|Henri|Henrique|Henry|Innocent|Innozenz|Isabel|Isabella|Ivan|Jacques|James|Jean|Johannes|"
    "John|João|Joseph|Juan|Karl|Katharina|Leo|Leon|León|Leopold|Louis|Ludwig|Luigi|Luis|Luís|Malcolm|Manuel|Maria|Mary|"
    "Maximilian|Mehmed|Murad|Napoleon|Napoléon|Nicholas|Nicolas|Nikolaus|Otto|Paolo|Paul|Pedro|Peter|Philip|Philipp|Philippe|"
    "Pierre|Pietro|Pio|Pius|Pie|Ramses|Ricardo|Richard|Robert|Rudolf|Selim|Stephen|Süleyman|Umberto|Urban|Victor|Vittorio|"
    "Wilhelm|Willem|William"
)
_ROMAN = r"(?:X{0,3}(?:IX|IV|V?I{1,3}|V)|X{1,3}|(?:XL|L)X{0,3}(?:IX|IV|V?I{0,3}))"
_PLAIN = Rules(code="")
NO_LEXICON: Mapping[str, str] = MappingProxyType({})


class _Chunk(NamedTuple):
    """A run of the spoken text from `at` on; it stands for the original's `start` to `end`."""

    at: int
    start: int
    end: int
    verbatim: bool


@dataclass(frozen=True)
class Spelled:
    """The text as it is said. `origin` finds a place of it in the original."""

    text: str
    chunks: tuple[_Chunk, ...]

    def origin(self, start: int, length: int) -> tuple[int, int]:
        """Start and end in the original of a range of the spoken text."""
        first, last = self._chunk(start), self._chunk(max(start, start + length - 1))
        begin = first.start + (start - first.at if first.verbatim else 0)
        end = last.start + start + length - last.at if last.verbatim else last.end
        return begin, max(begin, end)

    def cut(self, start: int, end: int) -> Spelled:
        """A part of it; its places are still those of the whole original."""
        first, last = self._index(start), self._index(max(start, end - 1))
        kept = list(self.chunks[first : last + 1])
        head = kept[0]
        skipped = max(0, start - head.at) if head.verbatim else 0
        kept[0] = head._replace(at=start, start=head.start + skipped)
        return Spelled(self.text[start:end], tuple(chunk._replace(at=chunk.at - start) for chunk in kept))

    def _index(self, at: int) -> int:
        return max(0, bisect_right(self.chunks, at, key=lambda chunk: chunk.at) - 1)

    def _chunk(self, at: int) -> _Chunk:
        return self.chunks[self._index(at)]


def spell(text: str, language: str, lexicon: Mapping[str, str] = NO_LEXICON) -> Spelled:
    """A sentence (or a heading) as it is said in a language, given as any tag.

    `lexicon` has how some words are said ("Siobhan" to "Shivawn"); they are found as whole words, as they are written.
    """
    rules = rules_for(language)
    parts: list[str] = []
    chunks: list[_Chunk] = []
    at = position = 0

    shouted = text.isupper() and sum(map(str.isalpha, text)) > 5 and len(text.lower()) == len(text)

    def add(said: str, start: int, end: int, *, verbatim: bool) -> None:
        nonlocal at
        if said:
            if shouted:
                said = said.lower()  # a heading in capitals is not a row of acronyms
            chunks.append(_Chunk(at, start, end, verbatim))
            parts.append(said)
            at += len(said)

    for match in _pattern(rules.code, tuple(sorted(filter(None, lexicon)))).finditer(text):
        kind = str(match.lastgroup)
        said = lexicon[match.group()] if kind == "lexicon" else _HANDLERS[kind](match, rules)
        if said is None:
            continue
        add(text[position : match.start()], position, match.start(), verbatim=True)
        add(said, match.start(), match.end(), verbatim=False)
        position = match.end()
    add(text[position:], position, len(text), verbatim=True)
    return Spelled("".join(parts), tuple(chunks) or (_Chunk(0, 0, len(text), verbatim=False),))


def rules_for(language: str) -> Rules:
    """The rules of a tag's language; for a language without rules, those that only drop marks."""
    tag = languages.read(language)
    if tag is None:
        return _PLAIN
    return RULES.get(f"{tag.language}-{tag.region}") or RULES.get(tag.language, _PLAIN)


def ends_in_abbreviation(text: str, language: str) -> bool:
    """Whether the last full stop belongs to an abbreviation or an ordinal, so that the sentence goes on."""
    rules = rules_for(language)
    if not text.endswith("."):
        return False
    last = text.rsplit(None, 1)[-1].lstrip("(\"'“„«‚")
    if last in rules.before_number or (last in rules.abbreviations and last not in _MAY_END):
        return True
    return rules.code == "de" and _GERMAN_DAY.search(text) is not None


_MAY_END = frozenset(
    "etc. usw. ecc. enz. Jr. Sr. Inc. Ltd. Co. Corp. Bros. Esq. a.m. p.m. w. Str. Jh. Mio. Mrd.".split()
)
_ARTICLES = ("das", "der", "die")
_DATIVE = ("ab", "am", "beim", "bis", "dem", "den", "des", "eines", "im", "jeden", "nach", "seit", "vom", "vor", "zum")
_GERMAN_DAY = re.compile(rf"(?:^|\s)(?:{'|'.join(_DATIVE + _ARTICLES)})\s\d{{1,2}}\.$", re.IGNORECASE)
_MARKS = (
    ("url", r"(?:https?://|www\.)[^\s<>\"”»)\]]+"),
    ("email", r"[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64})+"),
    ("tag", r"</?[A-Za-z][^<>\n]{0,200}>|\[Illustration[^\]]{0,300}\]"),
    ("link", r"!?\[(?=[^\]\n]{1,300}\]\()|\]\([^)\s]{1,500}\)"),
    ("note", r"\s?\[(?:\d{1,3}|\*|[a-z]|[Nn]ote \d{1,3})\]|(?<=[^\W\d_])[⁰¹²³⁴-⁹]+"),
    ("superscript", r"(?<=[^\W\d_][.,;:!?”’»])\d{1,3}(?=\s|$)"),
    ("head", r"^\s{0,3}#{1,6}\s+|^\s{0,3}(?:[-*+•‣◦>]\s+)+"),
    ("emphasis", r"\*{1,3}|~~|`{1,3}|(?<!\w)_{1,3}(?=\S)|(?<=\S)_{1,3}(?!\w)"),
)
_SPACES = (("dash", r"\s*--+\s*"), ("space", r"\s*[\n\r\t\f\v]\s*|[ \u00a0\u202f]{2,}|[\u00ad\u200b\ufeff]"))
_OLD_MONEY = r"(?<!\w)(?:£\d+,?\s)?\d{1,2}s\.(?:\s?\d{1,2}d\.)?|(?<!\w)\d{1,2}d\.(?=\W|$)"
_DOTTED = r"(?<![\w.])(?!\d{1,3}(?:\.\d{3})+(?![\w.]))\d+(?:\.\d+){2,}(?!\w)"
_FIRST = r"(?!I\s+(?!of\b|von\b|de\b|di\b|the\b|and\b)[a-z])"  # not "Henry I think"
_KING = rf"\b(?:{_RULERS})\s(?:Ier\b|{_FIRST}{_ROMAN}\b)(?:\.(?=\s+[a-zäöü(]|,))?"
_CHAPTER_NUMBER = rf"^\s*(?!\w\.(?!\s*$|\s+\w+\s*$)){_ROMAN}(?:\.(?=\s|$)|$)"  # not the initial of "C. Auguste Dupin"
_GERMAN_NOUNS = "Jahrhundert|Kapitel|Mal|Tag|Jahr|Buch|Band|Teil|Akt|Stock|Klasse"


@lru_cache(maxsize=64)
def _pattern(code: str, words: tuple[str, ...]) -> re.Pattern[str]:
    rules = next((rules for rules in RULES.values() if rules.code == code), _PLAIN)
    lexicon = [("lexicon", rf"(?<!\w)(?:{_any(words)})(?!\w)")] if words else []
    parts = [*lexicon, *_MARKS, *(_numbers(rules) if code else ()), *_SPACES]
    return re.compile("|".join(f"(?P<{name}>{part})" for name, part in parts if part))


def _numbers(rules: Rules) -> list[tuple[str, str]]:
    """The alternatives of a language in order: the first that fits at a place wins."""
    english = rules.code == "en"
    decimal, thousands = re.escape(rules.decimal), re.escape(rules.thousands)
    number = rf"(?:\d{{1,3}}(?:[{thousands}]\d{{3}})+|\d+)(?:{decimal}\d+)?"
    alone = rf"(?<![\w{decimal}])"
    amount = rf"{number}(?:\s(?:{rules.large})\b)?"
    signs, named = _any(rules.money), "EUR|USD|GBP"
    slashed = _any(fraction for fraction in rules.fractions if "/" in fraction)
    ordered = rf"\b(?:{rules.ordered})\s{_ROMAN}\b|\b{_ROMAN}\s(?:{rules.ordered})\b" if rules.ordered else ""
    shorts = _any([*rules.abbreviations, *(("St.", "St") if english else ())])
    return [
        ("shillings", _OLD_MONEY if english else ""),
        ("money", rf"(?:{signs})\s?{amount}|(?<![\w.,]){amount}\s?(?:{signs}|(?:{named})\b)|(?:{named})\s{amount}"),
        ("dotted", _DOTTED),
        ("iso", r"(?<![\d-])\d{4}-\d{2}-\d{2}(?![\d-])"),
        ("time", rf"(?<![\d:.])(?:[01]?\d|2[0-4])(?:{_clock(rules)})"),
        ("date", _date("|".join(rules.months.split())) if english else ""),
        ("fraction", rf"(?:(?<!\d)\d{{1,4}}\s?)?[½⅓⅔¼¾⅕⅛⅜⅝⅞]|(?<![\w/.])(?:{slashed})(?![\w/])"),
        ("unit", rf"{alone}[-−]?{number}\s?(?:{_any(rules.units)})(?![\w²³/])"),
        ("decade", r"(?<!\w)(?:\d{3}0|['’]\d0)['’]?s\b" if english else ""),
        ("century", r"\b[IVX]{1,5}(?:er|ère|e|ème)\b(?=\s+siècle)" if rules.code == "fr" else ""),
        ("ordered", ordered),
        ("ordinal", _ordinal(rules)),
        ("counted", rf"\b(?:{rules.counted})\s{_ROMAN}\b(?!['’]|\.\w)"),
        ("king", _KING),
        ("roman", _CHAPTER_NUMBER),
        ("numbered", rf"(?<!\w)(?:{_any(rules.before_number)})\s?(?=\d|[IVXLC]+\b)"),
        ("short", rf"(?<![\w.])(?:{shorts})(?!\w)"),
        ("letters", r"(?<![\w.])(?:[^\W\d_]\.\s?){2,8}(?!\w)(?<=\.)"),
        ("range", rf"(?<![\w{decimal}-]){number}\s?[–—-]\s?{number}(?![\w-])"),
        ("digits", r"(?<!\w)\+?\d+(?:[-–]\d+){2,}(?!\w)"),
        ("number", rf"{alone}(?:[-−](?=\d))?{number}(?!\w)"),
        ("symbol", rf"(?<!\S)[{re.escape(''.join(rules.symbols))}](?!\S)|[&§×±]"),
    ]


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _clock(rules: Rules) -> str:
    """After the hour: `:30`, and what the language writes besides (`5 p.m.`, `10.30 Uhr`, `10 Uhr`, `10h30`)."""
    colon = rf":[0-5]\d(?![\d:])(?:{rules.clock})?" if rules.clock else r":[0-5]\d(?![\d:])"
    if rules.code == "en":
        return rf"{colon}|{rules.clock}(?!\w)"
    if rules.code in ("de", "nl"):
        return rf"{colon}|\.[0-5]\d{rules.clock}\b|{rules.clock}\b(?!\s\d)"
    return rf"{colon}|\s?h\s?(?:[0-5]\d)?\b" if rules.code[:2] in ("fr", "pt") else colon


def _date(months: str) -> str:
    """English: `May 12`, `May 12, 1850` (without the year), `12 May`, `12th May`."""
    day = r"\d{1,2}(?:st|nd|rd|th)?"
    return rf"\b(?:{months})\s{day}(?![\d:]|,\d)(?:,?\s(?=\d{{4}}\b))?|(?<![\w.]){day}\s(?:{months})\b"


def _ordinal(rules: Rules) -> str:
    if rules.code != "de":
        return rf"(?<!\w)\d{{1,4}}(?:{rules.ordinals})(?!\w)"
    after_article = "|".join(rf"(?<=\b(?i:{article})\s)" for article in _DATIVE + _ARTICLES)
    noun = rf"(?:{'|'.join(rules.months.split())}|{_GERMAN_NOUNS})\b"
    return rf"(?:{after_article})\d{{1,3}}\.(?=\s[A-ZÄÖÜ])|(?<![\w.,])\d{{1,3}}\.(?=\s(?:{noun}|[a-zäöü]))"


# What each alternative says; None leaves the text as it is.


def _nothing(_match: re.Match[str], _rules: Rules) -> str:
    return ""


def _space(_match: re.Match[str], _rules: Rules) -> str:
    return "" if _match.group() in "\u00ad\u200b\ufeff" else " "


def _dash(_match: re.Match[str], _rules: Rules) -> str:
    return " — "


def _url(match: re.Match[str], rules: Rules) -> str:
    """`https://www.example.org/a/b.` is "example dot org."."""
    address = match.group()
    end = "".join(mark for mark in address[-1:] if mark in ".,;:!?")
    host = re.sub(r"^(?:https?://)?(?:www\.)?", "", address).split("/")[0].split("?")[0].split(":")[0].rstrip(".,;!")
    return host.replace(".", f" {rules.dot} " if rules.code else " . ") + end


def _email(match: re.Match[str], rules: Rules) -> str | None:
    if not rules.code:
        return None
    return match.group().replace("@", f" {rules.at} ").replace(".", f" {rules.dot} ").replace("_", " ")


def _number_of(written: str, rules: Rules) -> tuple[int, str]:
    """The whole part, and the digits after the decimal mark."""
    whole, _, part = written.partition(rules.decimal)
    return int(re.sub(r"\D", "", whole) or "0"), re.sub(r"\D", "", part)


def _digits(written: str, rules: Rules) -> str:
    return " ".join(cardinal(rules, int(digit)) for digit in written if digit.isdecimal())


def _say(written: str, rules: Rules, *, year: bool = False) -> str:
    """A number in words: a year, a cardinal, a decimal, or digit by digit."""
    sign = "minus " if written[0] in "-−" else ""
    plain = written.lstrip("-−")
    whole, part = _number_of(plain, rules)
    bare = plain.isdecimal()
    if len(str(whole)) > _MOST_DIGITS or (bare and len(plain) > 1 and plain[0] == "0"):
        return sign + _digits(plain, rules)
    if part:
        return f"{sign}{cardinal(rules, whole)} {rules.point} {_digits(part, rules)}"
    if rules.year and bare and (1100 <= whole < 2000 or (2000 if year else 2010) <= whole < 2100):
        return rules.year(whole)
    return sign + cardinal(rules, whole)


def _number(match: re.Match[str], rules: Rules) -> str:
    return _say(match.group(), rules, year=_after_year_word(match))


def _after_year_word(match: re.Match[str]) -> bool:
    before = match.string[max(0, match.start() - 12) : match.start()].split()
    return bool(before) and before[-1].lower() in _YEAR_WORDS


_YEAR_WORDS = frozenset("in of since by until from year about circa before after im jahr seit bis von".split())


def _range(match: re.Match[str], rules: Rules) -> str:
    first, last = re.split(r"\s?[–—-]\s?", match.group(), maxsplit=1)
    low, high = _number_of(first, rules)[0], _number_of(last, rules)[0]
    years = first.isdecimal() and len(first) == 4 and 1100 <= low < 2100
    if years and last.isdecimal() and len(last) == 2:
        high += low - low % 100
    hyphen = match.group().replace("-", "").isdecimal()
    if hyphen and (high <= low or (len(first) + len(last) > 6 and not years)):
        return f"{_digits(first, rules)} {_digits(last, rules)}"
    return f"{_say(first, rules, year=years)} {rules.to} {_say(last, rules, year=years)}"


def _dotted(match: re.Match[str], rules: Rules) -> str:
    """A version or an address: one dot two dot three."""
    return f" {rules.dot} ".join(_say(part, rules) for part in match.group().split("."))


def _long_number(match: re.Match[str], rules: Rules) -> str:
    return ", ".join(_digits(group, rules) for group in re.split(r"[-–]", match.group()))


def _money(match: re.Match[str], rules: Rules) -> str:
    text = match.group()
    names = {"EUR": "€", "USD": "$", "GBP": "£"}
    sign = (
        next((one for one in sorted(rules.money, key=len, reverse=True) if one in text), None)
        or names[next(name for name in names if name in text)]
    )
    money = rules.money.get(sign)
    if money is None:
        return text
    large = re.search(rf"(?:{rules.large})$", re.sub(r"[^\w.]+$", "", text.replace(sign, " ").strip()))
    written = re.sub(r"[^\d., \u00a0\u202f]", "", text).strip(" \u00a0\u202f")
    if large:
        million = rules.abbreviations.get(large.group(), large.group())
        return f"{_say(written.strip('., '), rules)} {million} {_of(rules)}{money.many}"
    whole, part = _number_of(written, rules)
    if len(str(whole)) > _MOST_DIGITS:
        return f"{_digits(written, rules)} {money.many}"
    return _amount(whole, int(f"{part:0<2}"[:2]), money, rules)


def _of(rules: Rules) -> str:
    """Three million dollars, but `trois millions de dollars`."""
    return "de " if rules.code in ("fr", "es", "pt", "pt_BR") else "di " if rules.code == "it" else ""


def _amount(whole: int, part: int, money: Money, rules: Rules) -> str:
    said = []
    if whole or not part:
        said.append(f"{_counted(whole, rules)} {money.one if whole == 1 else money.many}")
    if part:
        said.append(f"{_counted(part, rules)} {money.cent if part == 1 else money.cents}")
    return rules.joined_money.format(*said) if len(said) == 2 else said[0]


def _counted(number: int, rules: Rules) -> str:
    """A number before a noun: `ein Euro`, `un euro`, `uma libra` is left to the ear."""
    if number == 1:
        return {"en": "one", "de": "ein", "fr": "un", "es": "un", "it": "un", "nl": "één"}.get(rules.code, "um")
    return cardinal(rules, number)


def _shillings(match: re.Match[str], rules: Rules) -> str:
    """`£3 10s. 6d.`: three pounds ten shillings and sixpence, as English books before 1971 write it."""
    found = {unit: int(number) for number, unit in re.findall(r"(\d+)(s|d)\.", match.group())}
    pounds = re.match(r"£(\d+)", match.group())
    said = []
    if pounds:
        said.append(f"{cardinal(rules, int(pounds[1]))} pound{'' if pounds[1] == '1' else 's'}")
    if "s" in found:
        said.append(f"{cardinal(rules, found['s'])} shilling{'' if found['s'] == 1 else 's'}")
    if "d" in found:
        pence = "a penny" if found["d"] == 1 else f"{cardinal(rules, found['d'])}pence"
        said.append(f"and {pence}" if said else pence)
    return " ".join(said) + _full_stop(match)


def _iso(match: re.Match[str], rules: Rules) -> str | None:
    year, month, day = (int(part) for part in match.group().split("-"))
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    name = rules.months.split()[month - 1]
    spoken_year = _say(str(year), rules, year=True)
    if rules.code == "en":
        return f"{name} {ordinal(rules, day)} {spoken_year}"
    if rules.code == "de":
        return f"{ordinal(rules, day)}r {name} {spoken_year}"
    of = " de " if rules.code in ("es", "pt", "pt_BR") else " "
    said = "premier" if rules.code == "fr" and day == 1 else cardinal(rules, day)
    return f"{said}{of}{name}{of}{spoken_year}"


def _time(match: re.Match[str], rules: Rules) -> str | None:
    found = re.match(r"(\d{1,2})(?:[:.h]|\sh\s?)?([0-5]\d)?", match.group())
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    if rules.code == "en":
        half = re.search(r"([ap])\.?m", match.group())
        spoken = _english_minutes(minute, rules)
        if half:
            return f"{cardinal(rules, hour)} {spoken}".strip() + f" {half[1]} m" + _full_stop(match)
        return (
            rules.oclock(cardinal(rules, hour), spoken)
            if hour <= 12 or minute
            else f"{cardinal(rules, hour)} hundred hours"
        )
    hours = "ein" if rules.code == "de" and hour == 1 else cardinal(rules, hour)
    return rules.oclock(hours, cardinal(rules, minute) if minute else "")


def _english_minutes(minute: int, rules: Rules) -> str:
    return "" if not minute else f"oh {cardinal(rules, minute)}" if minute < 10 else cardinal(rules, minute)


def _date_said(match: re.Match[str], rules: Rules) -> str:
    """English: `May 12, 1850` is "May twelfth, eighteen fifty", `12 May` is "the twelfth of May"."""
    text = match.group()
    day = ordinal(rules, int(re.search(r"\d+", text)[0]))  # type: ignore[index]
    month = re.search(r"[A-Z][a-z]+", text)[0]  # type: ignore[index]
    if text[0].isdigit():
        the = (
            ""
            if re.search(r"\bthe\s$", match.string[max(0, match.start() - 5) : match.start()], re.IGNORECASE)
            else "the "
        )
        return f"{the}{day} of {month}"
    return f"{month} {day}" + (", " if text[-1].isspace() else "")


def _fraction(match: re.Match[str], rules: Rules) -> str | None:
    text = match.group()
    if text in rules.fractions:
        return rules.fractions[text]
    whole, sign = text[:-1].strip(), text[-1]
    said = rules.fractions.get(sign)
    if not said:
        return None
    if not whole:
        return said
    if sign == "½":
        return f"{cardinal(rules, int(whole))}{'' if rules.code == 'de' else ' '}{rules.half}"
    joined = rules.symbols["&"]
    return f"{cardinal(rules, int(whole))} {joined} {said}"


def _unit(match: re.Match[str], rules: Rules) -> str:
    text = match.group()
    unit = next(one for one in sorted(rules.units, key=len, reverse=True) if text.endswith(one))
    written = text[: -len(unit)].strip()
    one, many = rules.units[unit]
    single = _number_of(written.lstrip("-−"), rules) == (1, "")
    return (
        f"{_counted(1, rules)} {one}"
        if single
        else f"{_say(written, rules) if not _is_year(written) else cardinal(rules, int(written))} {many}"
    ) + (_full_stop(match) if unit.endswith(".") else "")


def _is_year(written: str) -> bool:
    return written.isdecimal() and len(written) == 4


def _decade(match: re.Match[str], rules: Rules) -> str:
    """1980s: nineteen eighties. '90s: nineties."""
    number = int(re.sub(r"\D", "", match.group()))
    if number % 100 == 0:
        return f"{_say(str(number), rules, year=True)}s"
    tens = cardinal(rules, number % 100)[:-1] + "ies"
    return tens if number < 100 else f"{cardinal(rules, number // 100)} {tens}"


def _century(match: re.Match[str], rules: Rules) -> str:
    return ordinal(rules, roman(re.sub(r"[a-zè]+$", "", match.group())))


def _ordered(match: re.Match[str], rules: Rules) -> str:
    return _with_numeral(match, lambda number: ordinal(rules, number))


def _counted_roman(match: re.Match[str], rules: Rules) -> str:
    return _with_numeral(match, lambda number: cardinal(rules, number))


def _with_numeral(match: re.Match[str], say: Callable[[int], str]) -> str:
    first, second = match.group().split(None, 1)
    return f"{first} {say(roman(second))}" if re.fullmatch(_ROMAN, second) else f"{say(roman(first))} {second}"


def _ordinal_said(match: re.Match[str], rules: Rules) -> str:
    number = int(re.match(r"\d+", match.group())[0])  # type: ignore[index]
    if rules.code == "fr" and number == 1:
        return "première" if "r" not in match.group()[1:2] and match.group().endswith("re") else "premier"
    if rules.code != "de":
        said = ordinal(rules, number)
        return said[:-1] + "a" if rules.code in ("es", "pt", "pt_BR", "it") and match.group().endswith("ª") else said
    before = match.string[: match.start()].split()
    article = before[-1].lower() if before else ""
    ending = "n" if article in _DATIVE else "" if article in _ARTICLES else "r"
    return ordinal(rules, number) + ending


def _king(match: re.Match[str], rules: Rules) -> str | None:
    name, numeral = match.group().rstrip(".").split(None, 1)
    if rules.king is None:
        return None
    return f"{name} {rules.king(name, 1 if numeral == 'Ier' else roman(numeral))}"


def _roman_alone(match: re.Match[str], rules: Rules) -> str:
    numeral = match.group().strip()
    return cardinal(rules, roman(numeral.rstrip("."))) + ("." if numeral.endswith(".") else "")


def _numbered(match: re.Match[str], rules: Rules) -> str:
    return f"{rules.before_number[match.group().strip()]} "


def _short(match: re.Match[str], rules: Rules) -> str:
    text = match.group()
    if text not in rules.abbreviations:  # St., in English: a saint before a name, a street after one
        before = re.search(r"[A-Z][\w’']*\s$", match.string[: match.start()])
        after = re.match(r"\s[A-Z]", match.string[match.end() :])
        return "Saint" if after and not before else "Street" + _full_stop(match) if before else "Saint"
    return rules.abbreviations[text] + _full_stop(match)


def _full_stop(match: re.Match[str]) -> str:
    """The full stop of an abbreviation ends the sentence too, if nothing but closing marks comes after it."""
    return "." if match.group().rstrip().endswith(".") and not match.string[match.end() :].strip(" \"'”’»)]") else ""


def _letters(match: re.Match[str], _rules: Rules) -> str | None:
    """`U.S.A.` is read letter by letter; `J. R. R.` before a name too."""
    letters = [letter for letter in match.group() if letter.isalpha()]
    return " ".join(letters) + (_full_stop(match) or (" " if match.group()[-1].isspace() else ""))


def _symbol(match: re.Match[str], rules: Rules) -> str | None:
    said = rules.symbols.get(match.group())
    if said is None:
        return None
    before, after = match.string[: match.start()][-1:], match.string[match.end() :][:1]
    return f"{' ' if before.strip() else ''}{said}{' ' if after.strip() else ''}"


_HANDLERS: dict[str, Callable[[re.Match[str], Rules], str | None]] = {
    "url": _url, "email": _email, "tag": _nothing, "link": _nothing, "note": _nothing,
    "superscript": _nothing, "head": _nothing, "emphasis": _nothing,
    "shillings": _shillings, "money": _money, "iso": _iso, "time": _time,
    "date": _date_said, "fraction": _fraction, "unit": _unit, "decade": _decade, "century": _century,
    "ordered": _ordered, "ordinal": _ordinal_said, "counted": _counted_roman, "king": _king, "roman": _roman_alone,
    "numbered": _numbered, "short": _short, "letters": _letters, "range": _range, "digits": _long_number,
    "dotted": _dotted, "number": _number, "symbol": _symbol, "dash": _dash, "space": _space,
}  # fmt: skip

_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}


def roman(numeral: str) -> int:
    """The value of a Roman numeral up to CCCXCIX."""
    values = [_VALUES[letter] for letter in numeral]
    return sum(-value if value < max(values[at:]) else value for at, value in enumerate(values))
