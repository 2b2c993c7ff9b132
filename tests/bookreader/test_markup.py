"""HTML and XHTML to text: what a reader sees, in the order of the page."""

import pytest

from bookreader import markup
from bookreader.shown import hidden_selectors as shown_rules
from tests.bookreader.books import page


def shown(body, **options):
    """The text of an XHTML body, without the marks of pictures."""
    return markup.read(page(body), as_xml=True, **options).text.replace("\ufffc", "").strip()


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<p>a<br/>b</p><p>c</p>", "a\nb\n\nc"),
        ("<p>one  two\n<i> three</i> four </p><p>five</p>", "one two three four\n\nfive"),
        ("<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>", "A\tB\n1\t2"),
        ("<pre>a  b\n  c</pre>", "a  b\n  c"),
        ("<p>He said <q>come</q>.</p>", "He said “come”."),
        ("<q>She said <q>no</q></q><q>Yes</q>", "“She said ‘no’”“Yes”"),
        ("<aside epub:type='footnote' hidden='hidden'>One.</aside>", "One."),
        ("<p><ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp>字<rt>じ</rt></ruby>を読む</p>", "漢字を読む"),
        ("<p>港は静か\n  だった。\nBoats</p>", "港は静かだった。 Boats"),
        ("<p>har\u00adbour o\ufb03ce e\u0301te\u0301</p>", "harbour office été"),
        ("<p><![CDATA[5 < 6 & 7]]></p>", "5 < 6 & 7"),
        ("<p>a<!-- b --> c</p>", "a c"),
    ],
)
def test_text_is_laid_out_as_shown(body, text):
    assert shown(body) == text


@pytest.mark.parametrize(
    "body",
    [
        "<p hidden='hidden'>x</p>",
        "<div style='display: NONE'><p>x</p></div>",
        "<p style='visibility:hidden'>x</p>",
        "<nav epub:type='page-list'><p>x</p></nav>",
        "<a role='doc-backlink' href='#y'>x</a>",
        "<template>x</template>",
        "<audio>x</audio>",
        "<dialog>x</dialog>",
        "<script>x</script>",
        "<svg xmlns='http://www.w3.org/2000/svg'><title>x</title><desc>x</desc></svg>",
    ],
)
def test_what_is_not_shown_is_left_out_and_what_follows_is_not(body):
    assert shown(f"<p>One.</p>{body}<p>Two.</p>") == "One.\n\nTwo."


@pytest.mark.parametrize(
    ("mark", "text"),
    [
        ('<span class="pagenum">[Pg 12]</span>', "nobody"),
        ('<a class="pageno" id="page12">12</a>', "nobody"),
        ('<span epub:type="pagebreak" title="12">page 12</span>', "nobody"),
        ('<span role="doc-pagebreak" aria-label="12"/>', "nobody"),
        ('<a id="Page_xii">xii</a>', "nobody"),
        ('<span class="pagenum"><a id="Page_12">{12}</a></span>', "nobody"),
        ('<span class="pagebreak">any</span>', "noanybody"),
        ('<a id="Page_12">word</a>', "nowordbody"),
        ('<a id="p1">I</a>', "noIbody"),
    ],
)
def test_page_numbers_of_the_printed_book_are_no_words(mark, text):
    assert shown(f"<p>no{mark}body</p>") == text


def test_a_page_number_between_words_leaves_one_space():
    assert shown('<p>and <span class="pagenum">[12]</span> nobody</p>') == "and nobody"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("boat<sup><a href='#n'>1</a></sup> sailed", "boat[1] sailed"),
        ("boat<a href='#n'><sup>*</sup></a> sailed", "boat[*] sailed"),
        ("boat<a epub:type='noteref' href='#n'>1</a> sailed", "boat[1] sailed"),
        ("boat.<sup>12</sup> It", "boat.[12] It"),
        ("boat<sup>12</sup> It", "boat[12] It"),
        ("5 km<sup>2</sup>", "5 km²"),
        ("10<sup>-15</sup> m", "10⁻¹⁵ m"),
        ("H<sub>2</sub>O", "H₂O"),
        ("le XVIII<sup>e</sup> siècle", "le XVIIIe siècle"),
        ("the 1<sup>st</sup>", "the 1st"),
    ],
)
def test_notes_stand_in_brackets_and_other_raised_signs_stay_with_their_word(body, text):
    assert shown(f"<p>{body}</p>") == text


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<p><img src='t.png' alt='T'/>he boat</p>", "The boat"),
        ("<p><img src='t.png' alt='T'/> he boat</p>", "The boat"),
        ("<p><img src='t.png' alt='“T'/>HE boat</p>", "“THE boat"),
        ("<p><img src='a.png' alt='A'/> boat</p>", "A boat"),
        ("<p><img src='t.png' alt='T'/>The boat</p>", "The boat"),
        ("<p>The sign said <img src='c.png' alt='CLOSED'/>.</p>", "The sign said CLOSED."),
        ("<p><img src='c.png' alt='A large boat at sea'/></p><p>One.</p>", "One."),
        ("<p>One <img src='c.png' alt='c.png'/>two</p>", "One two"),
        ("<h2><img src='h.png' alt='Chapter I'/></h2><p>One.</p>", "Chapter I\n\nOne."),
        ("<h2><img src='h.png' alt='flower'/>The Quay</h2>", "The Quay"),
    ],
)
def test_pictures_of_letters_and_words_are_read(body, text):
    assert shown(body) == text


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ('alttext="a over b"><mfrac><mi>a</mi><mi>b</mi></mfrac>', "a over b"),
        ("><mfrac><mi>a</mi><mi>b</mi></mfrac>", "a/b"),
        ("> <msup> <mi>x</mi> <mn>2</mn> </msup> <mo>+</mo> <msqrt><mi>y</mi></msqrt>", "x^2+√y"),
        ("><semantics><mi>x</mi><annotation>\\x</annotation></semantics>", "x"),
    ],
)
def test_formulas_are_their_alternative_text_or_their_symbols(formula, text):
    body = f'<p>If <math xmlns="http://www.w3.org/1998/Math/MathML" {formula}</math> holds</p>'
    assert shown(body) == f"If {text} holds"


def test_texts_in_drawings_are_read_a_line_each():
    texts = "<text>One</text><g><text>Two<tspan x='3'>three</tspan></text></g>"
    drawing = f"<svg xmlns='http://www.w3.org/2000/svg'>{texts}</svg>"
    assert shown(f"<p>Map</p>{drawing}") == "Map\n\nOne\nTwo three"


def test_headings_have_levels_and_places():
    marked = markup.read(
        page("<h1>One</h1><p>x</p><h3>Two <br/>three</h3><p role='heading' aria-level='2'>Four</p>"), as_xml=True
    )
    assert [(one.title, one.level) for one in marked.headings] == [("One", 1), ("Two three", 3), ("Four", 2)]
    assert [marked.text[one.start :].split()[0] for one in marked.headings] == ["One", "Two", "Four"]


def test_paragraphs_that_only_look_like_headings_are_the_lowest_level():
    marked = markup.read("<p class='chapter-title'>One</p><div class='section'>Two</div><p class='title'>" + "x " * 60)
    assert [(one.title, one.level) for one in marked.headings] == [("One", 7)]


def test_places_of_anchors_are_where_their_text_begins():
    marked = markup.read("<p>a</p><a name='x'></a><p id='y'>b</p><p>c<i id='z'>d</i>", {"x", "y", "z"})
    assert {name: marked.text[place] for name, place in marked.places.items()} == {"x": "b", "y": "b", "z": "d"}


def test_an_anchor_at_a_page_number_that_is_left_out_keeps_its_place():
    marked = markup.read("<p>no<span class='pagenum' id='p'>[Pg 1]</span>body</p>", {"p"})
    assert marked.text[marked.places["p"] :] == "body"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<title>x<p>One", "x\n\nOne"),
        ("<p>One <!-- two", "One two"),
        ("<p>One <b two", "One <b two"),
        ("<p>One<script src=x />two", "Onetwo"),
        ("<p>One &nbsp two & three &copy;", "One \xa0 two & three ©"),
        ("One", "One"),
        ("", ""),
    ],
)
def test_html_that_nothing_closes_loses_no_text(source, text):
    assert markup.read(source).text == text


def test_markup_nested_without_end_is_read_in_linear_time():
    inner = "<span class='pagenum'>" * 100_000 + "12"
    assert markup.read(f"<p>a{inner}").text.startswith("a")
    assert markup.read(page("<div>" * 100_000 + "a" + "</div>" * 100_000), as_xml=True).text == "a"


def test_characters_of_windows_are_those_of_windows():
    assert shown("<p>&#147;Come&#x94;\u0085</p>") == "“Come”…"


def test_the_mark_of_a_note_is_not_part_of_a_title():
    marked = markup.read("<h2>The Quay<sup><a href='#n'>1</a></sup></h2><p>x</p><h2>[1]</h2>")
    assert [one.title for one in marked.headings] == ["The Quay", "[1]"]
    assert marked.text.startswith("The Quay[1]")


def test_style_sheets_are_read_in_linear_time():
    assert shown_rules("a" * 1_000_000) == shown_rules("/*" * 500_000) == set()
