"""Plain texts in the encodings, line ends and chapter words of many languages."""

import pytest

from bookreader import chapters, encodings
from bookreader.plain import read_text, tidy
from tests.bookreader.books import codes, read, text, titles

SENTENCES = {
    "fr": "Le bateau était rentré à l'heure où la mère préparait le dîner, et personne n'a rien dit de la forêt.",
    "de": "Das Boot kam spät zurück, und die Mädchen hörten über den Dächern die Glocken; er wußte nicht, wo.",
    "es": "El niño miró el mar y pensó que mañana no habría más barcos; ¿quién cantaría la canción de la montaña?",
    "pt": "A manhã não trouxe o barco, e as crianças são as únicas que esperam; você também está só, à beira do rio.",
    "da": "Båden kom hjem på en grå dag, og børnene råbte højt ved søen, men der var ikke nogen som hørte det.",
    "sv": "Båten gick över sjön och flickan såg att ljusen släcktes; det var inte något som någon frågade om på ön.",
    "is": "Báturinn kom að landi og maðurinn sagði að það væri ekki gott veður; þá fór hún með börnin heim.",
    "pl": "Łódź wróciła późno i nikt nie powiedział ani słowa; dzieci śpią, a światła już gasną, bo jest ciężka noc.",
    "cs": "Loď se vrátila pozdě a nikdo neřekl ani slovo; děti už spí, světla zhasínají a řeka je příliš tichá.",
    "hu": "A hajó későn ért vissza, és senki sem szólt; a gyerekek alszanak, és egy öreg nő a tűz mellett ül.",
    "tr": "Tekne denize açıldı ve iskelede kimse bir şey söylemedi; ışıklar söndü, çocuklar ağladı, şehir sustu.",
    "lt": "Laivas grįžo vėlai ir niekas nieko nepasakė; vaikai miega, o žiburiai jau užgeso, nes naktis yra šalta.",
    "lv": "Kuģis atgriezās vēlu, un neviens neko neteica; bērni guļ, un gaismas jau dziest, jo nakts ir ļoti garā.",
    "ru": "Лодка вернулась поздно, и я ничего не сказал; дети уже спали, а огни в домах гасли один за другим.",
    "uk": "Човен повернувся пізно, і ніхто нічого не сказав; діти вже спали, а вогні в будинках гасли, її не було.",
    "el": "Το καράβι γύρισε αργά και κανείς δεν είπε τίποτα· τα παιδιά κοιμούνται και τα φώτα στο λιμάνι σβήνουν.",
    "he": "הסירה חזרה מאוחר ואיש לא אמר דבר; הילדים כבר ישנים והאורות בבתים כבים זה אחר זה על שפת הים.",
    "ar": "عاد القارب متأخرا ولم يقل أحد شيئا، والأطفال نائمون في البيوت، وكانت الأنوار تنطفئ على الشاطئ.",
    "th": "เรือกลับมาช้าและไม่มีใครพูดอะไร เด็กๆ หลับไปแล้ว ไฟในบ้านดับลงทีละดวงริมทะเลที่เงียบสงบ",
    "ja": "舟は遅くに帰ってきたが、誰も何も言わなかった。子供たちはもう眠っていて、港の灯は一つずつ消えていった。",
    "zh-Hans": "船很晚才回来，没有人说话。孩子们已经睡了，港口的灯一盏一盏地灭了，他在海边走着，想着自己的家。",
    "zh-Hant": "船很晚才回來，沒有人說話。孩子們已經睡了，港口的燈一盞一盞地滅了，他在海邊走著，想著自己的家。",
    "ko": "배는 늦게 돌아왔고 아무도 말을 하지 않았다. 아이들은 이미 잠들었고 항구의 불빛은 하나씩 꺼져 갔다.",
}
LEGACY = {
    "fr": "cp1252 iso8859_15 mac_roman cp850",
    "de": "cp1252 iso8859_15 cp850",
    "es": "cp1252 mac_roman",
    "pt": "cp1252",
    "da": "cp1252",
    "sv": "cp1252 cp850",
    "is": "cp1252",
    "pl": "cp1250 iso8859_2 cp852",
    "cs": "cp1250 iso8859_2 cp852",
    "hu": "cp1250 iso8859_2",
    "tr": "cp1254 iso8859_9",
    "lt": "cp1257 iso8859_13",
    "lv": "cp1257 iso8859_4",
    "ru": "cp1251 koi8_r cp866 iso8859_5 mac_cyrillic",
    "uk": "cp1251 koi8_u",
    "el": "cp1253 iso8859_7",
    "he": "cp1255 iso8859_8",
    "ar": "cp1256 iso8859_6",
    "th": "cp874",
    "ja": "euc_jp cp932 iso2022_jp",
    "zh-Hans": "gb18030 gbk hz",
    "zh-Hant": "big5 gb18030",
    "ko": "euc_kr cp949",
}
PAIRS = [(language, encoding) for language, names in LEGACY.items() for encoding in names.split()]


@pytest.mark.parametrize(("language", "encoding"), PAIRS)
def test_a_text_is_read_in_the_encodings_of_its_language(language, encoding):
    original = f"{SENTENCES[language]}\n" * 4
    decoded = encodings.read(original.encode(encoding))
    assert decoded.text == original
    assert decoded.guessed


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "utf-16", "utf-32"])
@pytest.mark.parametrize("language", SENTENCES)
def test_unicode_is_read_with_and_without_a_byte_order_mark(language, encoding):
    original = f"{SENTENCES[language]}\n" * 4
    assert encodings.read(original.encode(encoding)).text == original


@pytest.mark.parametrize(
    ("bad", "shown"),
    [(b"\x92", "’"), (b"\xe9", "é"), (b"\x97", "—"), (b"\x80", "\ufffd"), (b"\x81", "\ufffd"), (b"\xe2\x80", "\ufffd")],
)
@pytest.mark.parametrize("language", ["fr", "pl", "ru", "ja", "ko"])
def test_a_bad_byte_costs_itself_alone(language, bad, shown):
    sentence = SENTENCES[language]
    decoded = encodings.read(f"{sentence}\n".encode() + b"x" + bad + b" y\n" + sentence.encode())
    assert decoded.text == f"{sentence}\nx{shown} y\n{sentence}"
    assert (decoded.encoding, decoded.guessed, decoded.bad_bytes) == ("utf-8", False, 1)


def test_a_megabyte_without_line_ends_is_read_by_what_it_has_beyond_ascii():
    original = "a b " * 250_000 + SENTENCES["ru"] * 3
    assert encodings.read(original.encode("koi8_r")).text == original


def test_what_was_guessed_or_repaired_is_a_warning(tmp_path):
    turkish = read(tmp_path, (SENTENCES["tr"] * 3).encode("cp1254"), "a.txt")
    assert [warning.message for warning in turkish.warnings] == [
        "The file does not say its encoding; it was read as Windows-1254."
    ]
    assert codes(read(tmp_path, (SENTENCES["fr"] * 3).encode() + b"\x92", "b.txt")) == {"bytes_damaged"}
    assert codes(read(tmp_path, SENTENCES["fr"].encode(), "c.txt")) == set()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\r\r\n", "\x85", "\u2028", "\x0b"])
def test_every_line_end_is_one_line_feed(end):
    assert tidy(f"One{end}two{end}{end}three{end}") == "One\ntwo\n\nthree\n"


def test_a_form_feed_parts_paragraphs():
    assert tidy("One\x0ctwo") == "One\n\ntwo"


HEADINGS = """
Chapter {d}|CHAPTER THE {first}|Chapitre {r}|Kapitel {d}|Capítulo {r}|Capitolo {r}|Hoofdstuk {d}|Kapitola {d}
Rozdział {r}|Глава {r}|Розділ {d}|Раздзел {d}|Поглавље {d}|Κεφάλαιο {d}|{d}. Bölüm|第{c}章|第{c}章　港
第{d}回|제{d}장|제 {d} 장|{d}. fejezet
Luku {d}|{d}. luku|Capitolul {r}|Poglavlje {d}|Kapittel {d}|{d} skyrius|{d}. peatükk|{d}. nodaļa
فصل {d}|الفصل {d}|פרק {d}
अध्याय {d}|บทที่ {d}|Chương {d}|Bab {d}|ĈAPITRO {r}|Capítol {d}|Poglavje {d}|Kabanata {d}
"""


@pytest.mark.parametrize("pattern", HEADINGS.strip().replace("\n", "|").split("|"))
def test_chapters_are_found_in_every_language(pattern):
    numbers = [
        {"d": "1", "r": "I", "c": "一", "first": "FIRST"},
        {"d": "2", "r": "II", "c": "二", "first": "SECOND"},
        {"d": "3", "r": "III", "c": "三", "first": "THIRD"},
    ]
    lines = [pattern.format(**number) for number in numbers]
    assert _found(lines) == [(" ".join(line.split()), 1) for line in lines]


@pytest.mark.parametrize(
    "lines",
    [
        ["Erstes Kapitel", "Zweites Kapitel"],
        ["Chapitre premier", "Chapitre deuxième"],
        ["Capítulo primero", "Capítulo segundo"],
        ["Hoofdstuk een", "Hoofdstuk twee"],
        ["Kapitola první", "Druhá kapitola"],
        ["Rozdział pierwszy", "Rozdział drugi"],
        ["Глава первая", "Глава вторая. О лодке"],
        ["Birinci Bölüm", "İkinci Bölüm"],
        ["Πρώτο κεφάλαιο", "Κεφάλαιο δεύτερο"],
        ["Első fejezet", "Második fejezet"],
        ["Ensimmäinen luku", "Toinen luku"],
        ["Första kapitlet", "Andra kapitlet"],
        ["الفصل الأول", "الفصل الحادي عشر"],
        ["פרק ראשון", "פרק שני"],
        ["पहला अध्याय", "दूसरा अध्याय"],
    ],
)
def test_numbers_in_words_are_numbers(lines):
    assert _found(lines) == [(line, 1) for line in lines]


@pytest.mark.parametrize(
    ("part", "chapter"),
    [("PART {}", "Chapter {}"), ("Часть {}", "Глава {}"), ("BOOK {}", "{}"), ("Partie {}", "Chapitre {}")],
)
def test_parts_stand_above_their_chapters(part, chapter):
    lines = [
        part.format("I"),
        *(chapter.format(n) for n in ("I", "II")),
        part.format("II"),
        *(chapter.format(n) for n in ("III", "IV")),
    ]
    levels = [level for _, level in _found(lines, after_part=lines[3])]
    assert levels == [1, 2, 2, 1, 2, 2]


def test_parts_in_a_table_of_contents_are_no_chapters():
    entries = [
        f"PART {word}\n\n" + "\n".join(f"    {n}. The long way to the harbour of stone {n}" for n in range(9))
        for word in ("ONE", "TWO")
    ]
    body = [
        f"PART {word}\n\n{n}\n\n{_prose(n)}\n\n{n + 1}\n\n{_prose(n)}\n\n{n + 2}\n\n{_prose(n)}"
        for n, word in ((1, "ONE"), (4, "TWO"))
    ]
    headings, _ = chapters.find("\n\n".join([*entries, *body]))
    expected = [("PART ONE", 1), ("1", 2), ("2", 2), ("3", 2), ("PART TWO", 1), ("4", 2), ("5", 2), ("6", 2)]
    assert [(one.title, one.level) for one in headings] == expected


@pytest.mark.parametrize(
    "line",
    ["第一章を読んだ。", "He read the chapter", "A part of it", "Chapter and verse", "Глава семьи вышел из дома"],
)
def test_sentences_are_no_headings(line):
    assert _found([line, line]) == []


def test_chinese_headings_need_no_blank_lines(tmp_path):
    body = "\n".join(f"第{n}章 海港\n　　" + SENTENCES["zh-Hans"] * 12 for n in "一二三")
    document = read(tmp_path, body.encode("gb18030"), "a.txt")
    assert titles(document) == [f"第{n}章 海港" for n in "一二三"]
    assert "没有人说话" in text(document)


def test_translators_and_several_authors_of_a_frame_are_kept():
    head = "Title: The Reef\n\nAuthor: A. Tull\n        B. Sallow\n\nTranslator: C. Weir\n\nLanguage: Turkish\n\n"
    framed = read_text(
        f"Project Gutenberg\n\n{head}*** START OF THE PROJECT GUTENBERG EBOOK THE REEF ***\n\nIt.".encode()
    )
    assert (framed.authors, framed.contributors, framed.language) == (
        ("A. Tull", "B. Sallow"),
        (("C. Weir", "trl"),),
        "tr",
    )


@pytest.mark.parametrize(
    ("first", "title", "author"),
    [
        ("The Project Gutenberg Etext of The Reef, by A. Tull", "The Reef", "A. Tull"),
        (
            "***The Project Gutenberg Etext of The Reef, by A. Tull***\n#15 in our series by A. Tull",
            "The Reef",
            "A. Tull",
        ),
        ("Project Gutenberg's The Reef and the Bar,\nby A. Tull", "The Reef and the Bar", "A. Tull"),
        ("The Project Gutenberg EBook of The Reef", "The Reef", None),
    ],
)
def test_an_old_frame_names_the_book_in_its_first_line(first, title, author):
    end = "*END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.04.29.93*END*"
    framed = read_text(
        f"{first}\r\n\r\nCopyright laws\r\n\r\n{end}\r\n\r\nIt.\r\n\r\nEnd of The Project Gutenberg Etext".encode()
    )
    assert (framed.text, framed.title, framed.authors) == ("It.", title, (author,) if author else ())


def _prose(number: int) -> str:
    return f"the quiet harbour had {number} boats and nobody counted the lamps again. " * 12


def _found(lines: list[str], after_part: str = "") -> list[tuple[str, int]]:
    first = lines[0]
    blocks = [
        line if after_part and line in (first, after_part) else f"{line}\n\n{_prose(n)}" for n, line in enumerate(lines)
    ]
    headings, _ = chapters.find("\n\n".join(blocks))
    return [(heading.title, heading.level) for heading in headings]
