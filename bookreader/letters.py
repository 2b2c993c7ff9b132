"""How likely a text is in a language, by its letters and common words, and the encodings of each language."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

# Letters, most frequent first (in Latin script those beyond ASCII), and common words.
_LANGUAGES: dict[str, tuple[str, str]] = {
    "en": ("éèêëàáâäçïîôöüûñæœ£óíúßåø", "the and of to a in that was he it his her you i with as for had is not"),
    "fr": ("éèàêçùîôâûïëœüæ", "de la le et les des en un une que qui dans il est pas pour ne sur au elle"),
    "de": ("üäößéàèê", "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine er ich war"),
    "es": ("óíáéñú¿¡üªº", "de la que el en y a los se del las un por con no una su para es al lo como"),
    "pt": ("ãáéçóíêâõúàôüªº", "de a o que e do da em um para com não uma os no se na por mais as dos como mas"),
    "it": ("èàòùìéîªº", "di e il la che in un a per non è una con le si da i del sono della al ma nel gli"),
    "nl": ("ëéèïöüêáóç", "de en van het een in is dat op te zijn met voor die niet er aan ook als om hij was"),
    "da": ("åøæéöäüàô", "og i at det er en den til af for på med de ikke der var han som et hun jeg fra"),
    "sv": ("äåöéüàæø", "och i att det en som på är av för med den till inte han ett var jag de hon om sig"),
    "fi": ("äöåéüšž", "ja on ei että se oli hän mutta kun niin en ole joka mitä kuin nyt ne sen jo minä oli"),
    "is": ("áðíöóþúéæýäüå", "og að í á sem er var til með af við um en hann ekki það fyrir hún ég þá"),
    "ca": ("éàóèíçúòïüñ·", "de la i que el en a les per un els va una del amb no és al es dels se ho"),
    "et": ("äõüöšžåé", "ja on ei et ta oli see kui aga ka mis siis nii mu ning oma ma kes olid"),
    "xx": ("éáíóúàèìòùâêîôûäëïöüåæøœçñãõßýðþÿ", ""),
    "pl": ("łęąóżśćńźéü", "i w nie na się z do że jest to a o jak po co ale za od tym by był go było"),
    "cs": ("íáéěřčžýšůúňťďóöü", "a se v na je to že s z do i o k ve pro jako byl ale po jsem za si by tak"),
    "sk": ("áíéžčýšúľťňôďóäŕĺěöü", "a sa v na je to že s z do i o k vo pre ako bol ale po som za si by tak"),
    "hu": ("áéöóőüíúűä", "a az és hogy nem egy is volt meg ez de csak el mint ki van már még azt ha"),
    "ro": ("ăîâşţșțéáüö", "și şi de în a la cu nu pe o un din să că mai se care ce era lui au fost"),
    "hr": ("čšžćđéöü", "i je u da se na su za od sam što ne s o kao bio ali koji iz to bi po ili smo"),
    "tr": ("ıüşğçöİâîûé", "ve bir bu da de ne için o ile gibi çok daha var ben ama mi kadar sonra onun diye"),
    "lt": ("ėšųžįūčąęéöü", "ir į kad su iš ne tai o yra buvo bet kaip ar jo už jis savo nuo tik jau po"),
    "lv": ("āīšēņļūžčģķŗōéöü", "un ir ka ar no bija uz viņš kas bet par tas pie to es ne arī vai kā tā"),
    "eo": ("ŝĉĝŭĵĥéöü", "la kaj de en al ne li estas mi ke kun por ĉi ĝi sed kiu tio oni ili ŝi"),
    "mt": ("ħżċġàèìòù", "il ta u li fil għal ma dan din hu kien minn biex fuq dwar"),
    "cy": ("ŵŷâêîôûïöë", "yn y a i o yr ei ar mae wedi ac am eu oedd ond hi bod fe nid"),
    "vi": (
        "đưôơăâê\u0301\u0300\u0309\u0323\u0303íáàóòéèúùìýãõ",
        "và của là có không được một người trong cho đã với này",
    ),
    "ru": ("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё", "и в не на что он с как я а то все она так его но за было же от"),
    "uk": ("оаинівтерслкудмпзябьгчйхцюїєжшщфґ", "і в не на що з до та як він я а то це за його але було ти від"),
    "be": ("аніоысерткялдмувпзьбцчгўйжшхюэфё", "і на не у з што ён да як а я то але яго быў мы за ад гэта"),
    "bg": ("аиоетнрсвлкдпмзягъбучщжшцйфхюь", "и на да се от не за в с по е че си му като но той го беше са"),
    "sr": ("аоиентрсјвкумдплзгбчцшхжћљђњфџ", "и је у да се на не су за од са што као али он то би из сам"),
    "el": ("αοιετσνηυρπκμςλωγίόδάέχθφήβύώξζψϊϋΐΰ", "και το να η της την του ο με που τα από για δεν θα στο τον σε ένα"),
    "he": (
        "יוהלארתבמשםנעדחקפכגטזןצסךףץ\u05b8\u05b7\u05b6\u05b4\u05b0\u05bc\u05b5\u05b9\u05c1",
        "את של על לא הוא כי זה היא אל גם כל אני",
    ),
    "ar": (
        "اليمنرتوبةعدسفهكقحجشطصأخزىذإضغثءئآظؤ\u064e\u0651\u064f\u0650\u064b\u0652؟،",
        "في من على أن إلى ما كان لا هذا عن التي هو",
    ),
    "fa": ("ایرنهدموتبسشلکخزگفعقچپحجآصطئژغضظذث\u200c؟،كيى", "و در به از که را با این آن است بود برای تا یک او ما"),
    "th": ("ารนกอเง่มยล้วดทสตะปบคิหแจพีชใไขัาำุูืโึฟศซ็ผญ์ณถฉธภฝฐษฎฆฒๆฯํ", ""),
    "zh-Hans": (
        "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事"
        "成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此"
        "已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代"
        "走叫老海港船灯水门声夜光路眼章",
        "",
    ),
    "zh-Hant": (
        "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家種事"
        "成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實日軍者意無力它與長把機十民第公此"
        "已工使情明性知全三又關點正業外將兩高間由問很最重並物手應戰向頭文體政美相見被利什二等產或新己制身果加西斯月話合回特代"
        "走叫老海港船燈水門聲夜光路眼章",
        "",
    ),
    "ja": (
        "のいてにをとはしたがなでるかられっすまこさりそくあんうだもけきよやめどせわお、。ーえみょじちつろゃばひべげ「」ゅぎずねふ"
        "ゆごほれむぶびざぜぼへぐげぞづぱぴぷぽぬ・ンスルトイアラリクシタレロカドジマコサテフオデニナ人一日本私見言出来上大手中"
        "子自分生何事思者前気間時十年二小家行国学目下心水三長方田山金入男女子供足海港船波町夜声名先彼的",
        "",
    ),
    "ko": (
        "이다는의에가을를은한로하지고도서그사기아리어들나라자인시대것있었했으일수만해정보부장전스주여성제원없오구니과와며면까게"
        "내세마러던안거그신상소우적비조말때사람두또못무물미바배생선속순실않알야양언연예요용우운위유음임재저적점조중집처타하학항"
        "화회후히",
        "",
    ),
}

# The encodings that are tried, most likely first, with what they cost before any text is seen; and their languages.
_WESTERN = ("en", "fr", "de", "es", "pt", "it", "nl", "da", "sv", "fi", "is", "ca", "xx")
_CENTRAL = ("pl", "cs", "sk", "hu", "ro", "hr", "de")
_CYRILLIC = ("ru", "uk", "be", "bg", "sr")
CANDIDATES: dict[str, tuple[float, tuple[str, ...]]] = {
    "cp1252": (0, _WESTERN),
    "cp1250": (0.5, _CENTRAL),
    "iso8859_2": (1, _CENTRAL),
    "cp1251": (0, _CYRILLIC),
    "koi8_r": (1, ("ru", "bg")),
    "koi8_u": (2, ("uk", "be")),
    "cp866": (2, ("ru", "be")),
    "cp1125": (3, ("uk",)),
    "iso8859_5": (2, _CYRILLIC),
    "mac_cyrillic": (6, ("ru", "uk", "bg")),
    "cp855": (6, ("ru", "bg", "sr")),
    "cp1254": (0, ("tr",)),
    "cp857": (6, ("tr",)),
    "cp1253": (0, ("el",)),
    "iso8859_7": (1, ("el",)),
    "cp737": (6, ("el",)),
    "mac_greek": (8, ("el",)),
    "cp1257": (0, ("lt", "lv", "et", "pl")),
    "iso8859_13": (1, ("lt", "lv", "et")),
    "iso8859_4": (2, ("lt", "lv", "et")),
    "cp775": (6, ("lt", "lv", "et")),
    "cp1255": (0, ("he",)),
    "cp862": (6, ("he",)),
    "cp1256": (0, ("ar", "fa")),
    "iso8859_6": (1, ("ar",)),
    "cp874": (0, ("th",)),
    "cp1258": (3, ("vi",)),
    "iso8859_15": (3, _WESTERN),
    "iso8859_3": (3, ("eo", "mt")),
    "iso8859_14": (4, ("cy",)),
    "iso8859_16": (3, ("ro",)),
    "mac_roman": (6, _WESTERN),
    "cp850": (6, _WESTERN),
    "cp437": (7, _WESTERN),
    "cp852": (6, _CENTRAL),
    "mac_latin2": (8, _CENTRAL),
    "cp932": (0, ("ja",)),
    "euc_jp": (0, ("ja",)),
    "gb18030": (0, ("zh-Hans", "zh-Hant")),
    "cp950": (0, ("zh-Hant",)),
    "big5hkscs": (4, ("zh-Hant",)),
    "cp949": (0, ("ko",)),
}
NAMES = {
    "utf-16-le": "UTF-16 (little-endian)",
    "utf-16-be": "UTF-16 (big-endian)",
    "utf-32-le": "UTF-32 (little-endian)",
    "utf-32-be": "UTF-32 (big-endian)",
    "cp866": "DOS code page 866",
    "cp932": "Shift-JIS",
    "euc_jp": "EUC-JP",
    "gb18030": "GB18030",
    "cp950": "Big5",
    "big5hkscs": "Big5-HKSCS",
    "cp949": "EUC-KR",
    "iso2022_jp_ext": "ISO-2022-JP",
    "iso2022_kr": "ISO-2022-KR",
    "koi8_r": "KOI8-R",
    "koi8_u": "KOI8-U",
    **{f"cp125{digit}": f"Windows-125{digit}" for digit in range(9)},
    **{f"iso8859_{part}": f"ISO 8859-{part}" for part in range(1, 17)},
}
_IDEOGRAPHIC = {"zh-Hans": "gb2312", "zh-Hant": "big5", "ja": "euc_jp", "ko": "euc_kr"}
_TYPOGRAPHY = frozenset("“”„‘’«»–—…\u2015")
_CJK_MARKS = frozenset("，。、「」『』？！：；（）《》“”—…\u3000‘’・〈〉【】")
_FOREIGN = frozenset("éèêëáàâäãåíìîïóòôöõøúùûüçñæœßý")
_WORD = re.compile(r"[^\W\d_]+")
_PER_WORD = 1.5
_MOST_WORDS = 2.0  # for each character beyond ASCII: words in ASCII fit every encoding


@dataclass(frozen=True)
class Counts:
    """What of a text decides: characters beyond ASCII, words, and the cost of pairs that no language has."""

    letters: Counter[str]
    words: Counter[str]
    cost: float


def counts(text: str) -> Counts:
    """Count a text once, for all languages."""
    found = Counter(letter for letter in text if letter > "\x7f")
    return Counts(found, Counter(map(str.lower, _WORD.findall(text))), _odd_pairs(text))


def score(counted: Counts, language: str) -> float:
    """The logarithm of how likely the characters beyond ASCII are in a language, more for each common word."""
    known, words = _model(language)
    likely = sum(count * _log(letter, known, language) for letter, count in counted.letters.items())
    found = min(_PER_WORD * sum(counted.words[word] for word in words), _MOST_WORDS * counted.letters.total())
    return likely - counted.cost + found


@lru_cache(maxsize=64)
def _model(language: str) -> tuple[dict[str, float], frozenset[str]]:
    listed, words = _LANGUAGES[language]
    weights = {letter: 1 / (rank + 2) for rank, letter in reversed(list(enumerate(listed)))}
    if language in _IDEOGRAPHIC:
        weights = {letter: 1 / (rank + 12) for rank, letter in reversed(list(enumerate(listed)))}
    mass = 0.6 if language in _IDEOGRAPHIC else 0.95
    total = sum(weights.values())
    return {letter: math.log(mass * weight / total) for letter, weight in weights.items()}, frozenset(words.split())


def _log(letter: str, known: dict[str, float], language: str) -> float:
    if (likely := known.get(letter)) is not None:
        return likely
    if language in _IDEOGRAPHIC:
        return _ideographic(letter, language)
    if (likely := known.get(letter.lower())) is not None:
        return likely - 1
    if letter in _TYPOGRAPHY:
        return -3.0
    kind = unicodedata.category(letter)
    if kind[0] == "C" or letter == "\ufffd":
        return -14.0 if letter != "\u00ad" else -6.0
    if letter in "‚‹›•\xa0§°©®™£€½¼²³ºª·№¿¡´":
        return -6.0
    if letter.lower() in _FOREIGN and "é" in known:
        return -7.0
    return -10.0


@lru_cache(maxsize=65_536)
def _ideographic(letter: str, language: str) -> float:
    if letter in _CJK_MARKS or letter in _TYPOGRAPHY:
        return -4.0
    kind = unicodedata.category(letter)
    if letter == "\ufffd" or kind[0] == "C":
        return -16.0
    try:
        lead = letter.encode(_IDEOGRAPHIC[language])[0]
    except UnicodeEncodeError:
        return -14.0
    name = unicodedata.name(letter, "").split()[0]
    if language == "ja":
        rare = {"HIRAGANA": -7.0, "KATAKANA": -7.0, "CJK": -9.0 if lead < 0xD0 else -12.5}
    elif language == "ko":
        rare = {"HANGUL": -8.5, "CJK": -12.0}
    elif language == "zh-Hans":
        rare = {"CJK": -9.0 if lead < 0xD8 else -12.5}
    else:
        rare = {"CJK": -9.0 if lead < 0xC9 else -12.5}
    return rare.get(name, -8.0 if name == "FULLWIDTH" else -12.5)


def _odd_pairs(text: str) -> float:
    """The cost of pairs within words: lower case before upper case, two scripts, letters beside symbols."""
    cost = 0.0
    for (left, right), count in Counter(pairwise(text)).items():
        if left <= "\x7f" and right <= "\x7f":
            continue
        cost += count * _odd(left, right)
    return cost


@lru_cache(maxsize=131_072)
def _odd(left: str, right: str) -> float:
    if left.isalpha() and right.isalpha():
        if left.islower() and right.isupper():
            return 3.0
        if max(left, right) >= "\u2e80":
            return 0.0
        return 4.0 if left.isascii() != right.isascii() and max(left, right) > "\u02ff" else 0.0
    if (left.isalpha() and right in "„‚") or (left == " " and right == "’"):
        return 2.0
    for one, other in ((left, right), (right, left)):
        if (
            one.isalpha()
            and one < "\u2e80"
            and other > "\x7f"
            and (other in "¿¡" or unicodedata.category(other) in _SYMBOLS)
        ):
            return 2.0
    return 0.0


_SYMBOLS = frozenset(("Sm", "Sc", "Sk", "So", "No", "Cc", "Cn"))


def candidates() -> Iterator[tuple[str, float, tuple[str, ...]]]:
    """The encodings that are tried, what each costs in advance, and its languages."""
    return ((name, cost, languages) for name, (cost, languages) in CANDIDATES.items())
