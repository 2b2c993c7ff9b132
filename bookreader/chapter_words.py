"""Recognises the line that begins a chapter, a part or a book, by the words of many languages."""

from __future__ import annotations

import re
from typing import NamedTuple


class Named(NamedTuple):
    """A heading: its family (chapter, part, book), the title after it, and whether it must stand alone."""

    family: str
    rest: str
    alone: bool = False


# English words, and words with other senses too: a number in digits, Roman numerals or English words must go with them.
_PLAIN = {
    "chapter": r"chapter|chap|cap|kap|letter|canto|stave|scene|bab|sura|caput|sc[èe]ne|szene|lettre|brief|carta",
    "part": "part|del|díl|diel|bagian",
    "book": "book|liber|buku",
    "volume": "volume|vol|tome|tomo|tom|band|bind|bd|том|köide|sējums|tomas",
    "act": "act|acte|akt|aufzug|acto|ato|atto|действие|дія|πράξη|felvonás",
    "section": "section|abschnitt|sección|seção|sezione|отдел|раздел",
}
# Words of other languages, with which a number in words may go, before or after.
_OTHER = {
    "chapter": (
        "chapitre|kapitel|kapitlet|kapitola|kapitoly|kapittel|kapitulu|kapitulua|kapitulli|kap[íi]tuli|ĉapitro|cap[íi]tulo|"
        "capitolo|capitolul|cap[íi]tol|hoofdstuk|hoofstuk|rozdział|глава|розділ|раздзел|поглавље|поглавје|poglavlje|poglavje|"
        "κεφ[άα]λαιον?|bölüm|fasıl|fəsil|тарау|fejezet|luku|skyrius|peatükk|nodaļa|kafli|caibidil|pennod|chương|hồi|kabanata|"
        "gesang|chant|песнь|თავი|գլուխ|الفصل|فصل|الباب|باب|פרק|अध्याय|प्रकरण|परिच्छेद|অধ্যায়|পরিচ্ছেদ|அத்தியாயம்|అధ్యాయం|"
        "ಅಧ್ಯಾಯ|അധ്യായം|પ્રકરણ|ਅਧਿਆਇ|บทที่|ตอนที่|ምዕራፍ"
    ),
    "part": (
        "partie|teil|parte|partea|deel|delen|část|časť|dalis|daļa|część|часть|частка|частина|част|дел|део|dio|deo|μ[έε]ρος|"
        "kısım|hissə|rész|osa|phần|rhan|ნაწილი|մաս|الجزء|القسم|جزء|بخش|חלק|भाग|খণ্ড|পর্ব|பாகம்|భాగం|ภาคที่|ภาค"
    ),
    "book": (
        "livre|buch|libro|livro|llibre|boek|kniha|księga|книга|βιβλ[ίι]ο|kitap|könyv|cartea|bok|boken|bog|kirja|raamat|"
        "grāmata|knyga|knjiga|الكتاب|ספר|पुस्तक|quyển"
    ),
}
_WORDS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|"
    "nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|first|second|third|fourth|fifth|sixth|seventh|"
    "eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|"
    "twentieth|thirtieth|fortieth|fiftieth|last"
)
_IN_WORDS = rf"(?:the )?(?:{_WORDS})(?:[- ](?:and )?(?:{_WORDS}))?"
_DIGITS = r"(?:[ivxlcdm]{1,9}|[ⅰ-ⅿ]{1,4}|[ІХ]{1,6}|\d{1,4})"
_SUFFIX = r"(?:[.-]?(?:[ºª°]|st|nd|rd|th|er|e|re|ère|ème|me|o|a|й|я|ая|ой|ша|га|та|η|ο|ος|os))?"
_NUMBER = rf"(?:(?:№|nr\.|n[.°º])?[ ]?{_DIGITS}{_SUFFIX})"
_OTHERS = "|".join(f"(?P<{family}>{words})" for family, words in _OTHER.items())
_REST = r"(?=[\s.:)—–\]-]|$)[ \t]*[.:)—–\]-]*[ \t]*(?P<rest>.{0,90})"
_EITHER = "|".join(
    f"(?P<{family}>{'|'.join(filter(None, (words, _OTHER.get(family))))})" for family, words in _PLAIN.items()
)
_AFTER = re.compile(rf"(?:{_EITHER})\.?[ \t\xa0]+(?:{_NUMBER}|{_IN_WORDS}){_REST}", re.IGNORECASE)
_GLUED = re.compile(rf"(?:(?P<chapter>บทที่|ตอนที่|บท)|(?P<part>ภาคที่|ภาค))[ \t]*\d{{1,4}}{_REST}")
_BEFORE = re.compile(rf"(?:{_NUMBER}|{_IN_WORDS})[.)]?[ \t\xa0]*(?:{_EITHER}){_REST}", re.IGNORECASE)
_WORD = r"[^\s.,:;!?…—–\d\"“”„«»]{1,24}"
_TITLE = r"(?:$|[.:—–][ \t—–-]*(?P<rest>.{0,90}))"
_WORD_AFTER = re.compile(rf"(?:{_OTHERS})[ \t\xa0]+{_WORD}(?:[ \t]{_WORD}){{0,2}}{_TITLE}", re.IGNORECASE)
_WORD_BEFORE = re.compile(rf"{_WORD}(?:[ \t]{_WORD})?[ \t\xa0]+(?:{_OTHERS}){_TITLE}", re.IGNORECASE)
_CJK_NUMBER = r"[0-9０-９〇零一二三四五六七八九十百千两兩廿卅壱壹貳弐參参肆伍陸柒捌玖拾初]{1,9}"
_KOREAN_NUMBER = r"(?:\d{1,4}|[IVXLC]{1,7}|[일이삼사오육칠팔구십백]{1,5}|[一二三四五六七八九十百]{1,5})"
_EASTERN = re.compile(
    rf"[【〔「]?(?:第[ \u3000]?{_CJK_NUMBER}[ \u3000]?(?:(?P<chapter>[章回節节話话講讲夜折齣出場场]|幕目)|"
    r"(?P<part>[部編编篇])|"
    r"(?P<volume>[卷巻冊册集])|(?P<act>幕))"
    rf"|(?P<volume2>[卷巻][之の]?{_CJK_NUMBER})|(?P<chapter2>其[之の]{_CJK_NUMBER})"
    rf"|제[ ]?{_KOREAN_NUMBER}[ ]?(?:(?P<chapter3>[장회화절과])|(?P<part2>[부편])|(?P<volume3>권)|(?P<act2>막))"
    rf"|\d{{1,3}}[ ]?(?P<chapter4>장))[】〕」]?(?=[\s:：.、．·—―\-(（「『《]|$)[\s:：.、．·—―-]*(?P<rest>.{{0,40}})"
)
_EASTERN_SENTENCE = tuple("。！？…，、；.!?,」』”")
_NUMBERED = re.compile(
    r"(?:[IVXLC]{1,8}|\d{1,3})(?:[.)]|[ \t]|$)[ \t]*(?P<rest>.{0,90})|[（(]?[一二三四五六七八九十百]{1,4}[）)]?"
)
_ALONE = re.compile(
    r"(?:prologue|epilogue|preface|introduction|foreword|afterword|conclusion|prelude|interlude|appendix|"
    r"pr[ée]face|avant-propos|prolog|epilog|vorwort|nachwort|einleitung|anhang|prólogo|ep[íi]logo|prefácio|prefacio|"
    r"introducción|introdução|prologo|prefazione|introduzione|voorwoord|nawoord|inleiding|předmluva|doslov|przedmowa|"
    r"wstęp|posłowie|пролог|эпилог|предисловие|послесловие|введение|вступ|передмова|епілог|епилог|πρόλογος|επίλογος|"
    r"önsöz|sonsöz|giriş|előszó|utószó|förord|efterord|forord|etterord|efterskrift|esipuhe|alkusanat|предговор|predgovor|"
    r"prefață|המבוא|מבוא|הקדמה|المقدمة|مقدمة|مقدمه|خاتمة)\b.{0,60}"
    r"|(?:序|序章|序幕|序言|自序|楔子|引子|前言|尾[声聲]|[终終]章|后记|後記|跋|あとがき|まえがき|はじめに|おわりに|プロローグ|エピローグ|"
    r"서문|서장|프롤로그|에필로그|머리말|맺음말|प्रस्तावना|भूमिका|คำนำ|บทนำ|บทส่งท้าย)",
    re.IGNORECASE,
)


def named(line: str) -> Named | None:
    """What a line says if it is a chapter's word and its number, in either order; None if it is not."""
    if match := _AFTER.fullmatch(line) or _GLUED.fullmatch(line):
        return _named(match)
    if found := eastern(line):
        return found
    match = _BEFORE.fullmatch(line) or _WORD_AFTER.fullmatch(line) or _WORD_BEFORE.fullmatch(line)
    return _named(match, alone=True) if match else None


def eastern(line: str) -> Named | None:
    """The same for Chinese, Japanese and Korean, whose headings are known without blank lines around them."""
    match = _EASTERN.fullmatch(line)
    return None if match is None or match["rest"].endswith(_EASTERN_SENTENCE) else _named(match)


def numbered(line: str) -> str | None:
    """The title after a bare number; empty if there is none, None if the line does not begin with a number."""
    match = _NUMBERED.fullmatch(line)
    return (match["rest"] or "").strip() if match else None


def unnumbered(line: str) -> bool:
    """Whether a line is a heading without a number, such as a preface."""
    return not line.endswith((".", ",", ";")) and _ALONE.fullmatch(line) is not None


def _named(match: re.Match[str], *, alone: bool = False) -> Named:
    family = next(name for name, value in match.groupdict().items() if value is not None and name != "rest")
    return Named(family.rstrip("0123456789"), (match["rest"] or "").strip(), alone)
