"""PDF as set on the page: running heads, columns, tables, headings by type, scans, garbage, metadata."""

import pytest

from bookreader.columns import Piece, in_order
from bookreader.pdf_metadata import own_names, own_title
from bookreader.plausible import is_garbled
from tests.bookreader import books, pdfs
from tests.bookreader.books import codes, text, titles


@pytest.fixture
def read(tmp_path):
    def run(content):
        return books.read(tmp_path, content, "a.pdf")

    return run


def columns(lefts, rows=20, *, order="rows", words=4, shift=0):
    lines = [
        (left, 700 - 13 * row - shift * column, 10, f"c{column}r{row} {pdfs.text_of(row + 40 * column, words)}")
        for row in range(rows)
        for column, left in enumerate(lefts)
    ]
    return lines if order == "rows" else sorted(lines, key=lambda line: (line[0], -line[1]))


def in_sequence(whole, *marks):
    places = [whole.find(f"{mark} ") for mark in marks]
    return -1 not in places and places == sorted(places)


@pytest.mark.parametrize(("lefts", "words"), [((50, 310), 7), ((40, 220, 400), 4)])
@pytest.mark.parametrize(("order", "shift"), [("rows", 0), ("rows", 6), ("columns", 0), ("columns", 6)])
def test_columns_are_read_one_after_the_other_however_they_are_drawn(read, lefts, words, order, shift):
    page = columns(lefts, words=words, order=order, shift=shift)
    marks = [f"c{column}r{row}" for column in range(len(lefts)) for row in (0, 10, 19)]
    assert in_sequence(text(read(pdfs.pdf([page]))), *marks)


def test_columns_end_at_a_heading_that_runs_across_them(read):
    page = [(60, 760, 20, "The Quiet Harbour and All Its Many Boats in Winter")]
    page += columns((50, 310), 12, words=6)
    page += [(60, 520, 20, "The Second Part of the Long Story of Them")]
    page += [(left, base - 220, size, f"second{line}") for left, base, size, line in columns((50, 310), 12, words=6)]
    marks = ["Boats", "c0r0", "c0r11", "c1r0", "c1r11", "Second", "secondc0r0", "secondc0r11", "secondc1r0"]
    assert in_sequence(text(read(pdfs.pdf([page]))), *marks)


def test_a_word_broken_at_the_end_of_a_column_line_is_joined(read):
    page = columns((50, 310), words=7)
    page[4] = (50, page[4][1], 10, "c0r2 boat past stone nobody town word har-")
    page[6] = (50, page[6][1], 10, "bours lamps again evening quay about river")
    assert "harbours lamps" in text(read(pdfs.pdf([page])))


@pytest.mark.parametrize(
    "drawn", ["", "0.5 w " + "".join(f"40 {696 - 13 * n} m 560 {696 - 13 * n} l S " for n in range(20))]
)
def test_the_rows_of_a_table_stay_together(read, drawn):
    words = 2 if not drawn else 7
    whole = text(read(pdfs.pdf([columns((50, 310), words=words)], drawn=drawn)))
    assert in_sequence(whole, "c0r0", "c1r0", "c0r1", "c1r1")


def test_a_table_of_figures_and_a_table_of_contents_stay_as_they_are(read):
    heights = [700 - 14 * row for row in range(20)]
    figures = [(60, height, 10, f"The sums of {height}") for height in heights]
    figures += [(300, height, 10, f"{height}42 117 3,201 88 991 17 1203") for height in heights]
    contents = [(60, height, 10, f"{pdfs.text_of(height)} {height}") for height in heights]
    contents += [(500, height, 10, f"p{height}") for height in heights]
    for lines in (figures, contents):
        ordered = sorted(lines, key=lambda line: (-line[1], line[0]))
        assert text(read(pdfs.pdf([ordered]))).split() == " ".join(line[3] for line in ordered).split()


def test_columns_of_arabic_are_read_from_the_right():
    words = [
        Piece("مدينة", left + 45 * word, 700 - 13 * row, left + 45 * word + 42, 711 - 13 * row)
        for row in range(8)
        for left in (50, 300)
        for word in range(4)
    ]
    lines = in_order(words)
    assert lines
    assert [line.left for line in lines] == [300] * 8 + [50] * 8


HEADS = {
    "odd and even": lambda n: f"{n} THE QUIET HARBOUR" if n % 2 == 0 else f"ADA EXAMPLE {n}",
    "roman": lambda n: f"{['i', 'ii', 'iii', 'iv', 'v', 'vi', 'vii', 'viii'][n - 1]} Preface of the Book",
    "number alone": lambda n: str(n + 40),
    "dashes": lambda n: f"- {n} -",
    "page of": lambda n: f"Page {n} of 8",
    "chapter names": lambda n: f"{n} The Boat" if n < 5 else f"{n} The Lamp",
    "exact": lambda n: "The Quiet Harbour",
    "chapter in head": lambda n: f"Chapter 2. The Boat {n}",
}


@pytest.mark.parametrize("top", [True, False])
@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_running_heads_and_page_numbers_are_taken_out(read, head, top):
    places = (780, 40) if top else (40, 780)
    pages = [[(60 if n % 2 else 400, places[0], 10, head(n)), *pdfs.body(n)] for n in range(1, 9)]
    document = read(pdfs.pdf(pages))
    for n, page in enumerate(document.pages, 1):
        assert head(n) not in page.text.split("\n")
        assert len(page.text.split("\n")) == 30


def test_heads_of_four_pages_are_found_though_each_stands_on_two(read):
    pages = [[(60, 780, 10, HEADS["odd and even"](n)), *pdfs.body(n)] for n in range(1, 5)]
    assert "HARBOUR" not in text(read(pdfs.pdf(pages)))


def test_chapter_headings_at_the_top_of_each_page_stay(read):
    pages = [[(60, 780, 10, f"Chapter {n}"), *pdfs.body(n)] for n in range(1, 6)]
    assert titles(read(pdfs.pdf(pages))) == [f"Chapter {n}" for n in range(1, 6)]


def test_pages_that_are_all_alike_keep_their_text(read):
    document = read(pdfs.pdf([pdfs.body(1)] * 5 + [[(60, 700, 10, "The End")]] * 3))
    assert all(page.text for page in document.pages)


def test_headings_are_found_by_the_size_of_their_type(read):
    names = ["The Boat", "The Lamp", "The Quay", "The Letter"]
    pages = [[(60, 730, 16, name), *pdfs.body(n)] for n, name in enumerate(names)]
    pages[2].insert(10, (60, 600, 12, "A lesser heading"))
    document = read(pdfs.pdf(pages))
    assert titles(document) == names
    assert {chapter.source for chapter in document.chapters} == {"headings"}
    assert sum(chapter.share for chapter in document.chapters) == pytest.approx(1, abs=0.05)


def test_shares_of_chapters_are_between_0_and_1_when_their_pages_are_empty(read):
    nexts = (b"/Next 7 0 R", b"/Next 8 0 R", b"")
    entries = [
        b"<< /First 6 0 R /Last 8 0 R /Count 3 >>",
        *(b"<< /Title (P%d) /Parent 5 0 R /Dest [%d /Fit] %s >>" % (n, n, after) for n, after in enumerate(nexts)),
    ]  # fmt: skip
    document = read(pdfs.pdf([[(60, 700, 10, "One word")], [], []], catalog="/Outlines 5 0 R", more=entries))
    assert [chapter.share for chapter in document.chapters] == [1.0, 0.0, 0.0]


def test_soft_hyphens_and_ligatures_become_plain_text(read):
    page = [(60, 700, 10, "the har\x81bour of\x80sh and the light\x81"), (60, 686, 10, "house again")]
    assert "the harbour offish and the lighthouse again" in read(pdfs.pdf([page], odd="128 /fi 129 /uni00AD")).pages[
        0
    ].text.replace("\n", " ")


def test_a_scan_is_recognised(read):
    document = read(pdfs.pdf([[], []], drawn="0.9 g 10 10 570 820 re f\n"))
    assert document.metadata.text_source == "none"
    assert codes(document) == {"page_scanned", "no_text"}
    assert {page.problem for page in document.pages} == {"the page is a picture without text"}


def test_blank_pages_of_a_book_are_no_problem(read):
    document = read(pdfs.pdf([pdfs.body(1), []]))
    assert document.metadata.text_source == "embedded"
    assert (document.pages[1].problem, codes(document)) == (None, set())


MEANINGLESS = "33 " + " ".join(f"/g{code}" for code in range(33, 128))


def test_a_font_without_a_mapping_is_reported_on_its_pages(read):
    shifted = [
        (*place, "".join(chr(ord(one) + 3) if one > " " else one for one in line)) for *place, line in pdfs.body(1)
    ]
    document = read(pdfs.pdf([pdfs.body(1), shifted], odd=MEANINGLESS))
    assert (document.pages[0].problem, document.pages[1].text) == (None, "")
    assert codes(document) == {"page_garbled"}


@pytest.mark.parametrize(
    "sentence",
    [
        "Vlk zmrzl, zhltl hrst zrn, a jeho bratr přišel domů teprve večer, když zavřeli dveře.",
        "Aloha kākou a pau, ua hele mai au i ka hale o ke aliʻi i kēia lā ʻoluʻolu.",
        "Der Angstschweiß stand ihm auf der Stirn, als er durch das Herbstlicht schritt.",
        "W Szczebrzeszynie chrząszcz brzmi w trzcinie i Szczebrzeszyn z tego słynie.",
        "Лодка вышла в море на рассвете, и никто её больше не видел.",
        "船は夜明けに海へ出て、二度と戻らなかったと町の人は言う。",
        "Mae'r cwch yn mynd allan i'r môr gyda'r wawr, ac nid yw neb yn ei gweld byth mwy.",
        "Εκείνο το πρωί η βάρκα βγήκε στη θάλασσα και κανείς δεν την ξαναείδε.",
    ],
)
def test_text_of_a_language_is_plausible(sentence):
    assert not is_garbled(sentence * 5)


@pytest.mark.parametrize(
    "garbage", ["WKHERDWZHQWRXWSDVWWKHJUH\\VWRQH ", "\ue001\ue002\ue010 \ue020", "\x03\x10\x11a\x05\x06 "]
)
def test_garbage_is_not_plausible(garbage):
    assert is_garbled(garbage * 20, 1.0)


@pytest.mark.parametrize(
    "junk",
    ["Microsoft Word - quiet_harbour_2.docx", "untitled", "2city.dvi", "book.pdf", "C:\\a\\b.txt", "Untitled-1",
     "Document1", "", "(none)", "12345", "my_final_draft"],
)  # fmt: skip
def test_a_junk_title_is_refused(junk):
    assert own_title(junk) is None


def test_titles_that_only_resemble_junk_are_kept():
    for title in ("The Untitled Book", "Title Page", "1984: A Novel", "AC/DC", "None But the Brave"):
        assert own_title(title) == title
    assert own_title("Microsoft Word - The Quiet Harbour") == "The Quiet Harbour"


def test_junk_authors_are_refused():
    assert own_names(["anonymous", "owner", "None", "USER", "Admin", "user1"]) == ()
    assert own_names(["Ada Example; admin"]) == ("Ada Example",)


def test_without_a_title_the_largest_type_of_the_first_page_is_the_title(read):
    first = [(100, 600, 28, "The Quiet"), (100, 560, 28, "Harbour"), (100, 500, 14, "Ada Example")]
    document = read(pdfs.pdf([first, pdfs.body(1)], info="/Title (untitled) /Author (owner)"))
    assert (document.metadata.title, document.metadata.authors) == ("The Quiet Harbour", ())
    assert read(pdfs.pdf([pdfs.body(1)], info="/Title (a.dvi)")).metadata.title is None


XMP = """<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Der stille Hafen</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>Ada Example</rdf:li><rdf:li>Bo Sample</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li>A book of boats.</rdf:li></rdf:Alt></dc:description>
<dc:subject><rdf:Bag><rdf:li>boats</rdf:li><rdf:li>harbours</rdf:li></rdf:Bag></dc:subject>
<dc:publisher><rdf:Bag><rdf:li>Quay Press</rdf:li></rdf:Bag></dc:publisher>
<prism:isbn>978-3-16-148410-0</prism:isbn><prism:publicationDate>2019-04-01</prism:publicationDate>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""


def test_xmp_and_the_language_of_the_catalog_are_read(read):
    packet = b"<< /Type /Metadata /Subtype /XML /Length %d >>\nstream\n%s\nendstream" % (len(XMP), XMP.encode())
    catalog = "/Metadata 5 0 R /Lang (de-AT)"
    metadata = read(pdfs.pdf([pdfs.body(1)], info="/Title (untitled)", catalog=catalog, more=[packet])).metadata
    assert (metadata.title, metadata.authors) == ("Der stille Hafen", ("Ada Example", "Bo Sample"))
    assert (metadata.language, metadata.publisher, metadata.isbn) == ("de-AT", "Quay Press", "9783161484100")
    assert (metadata.subjects, metadata.description) == (("boats", "harbours"), "A book of boats.")
    assert metadata.publication_date == "2019-04-01"


def test_subject_and_keywords_of_the_document_information_are_read(read):
    info = "/Subject (A book of boats.) /Keywords (boats, harbours; quays)"
    metadata = read(pdfs.pdf([pdfs.body(1)], info=info)).metadata
    assert (metadata.subjects, metadata.description) == (("boats", "harbours", "quays"), "A book of boats.")
