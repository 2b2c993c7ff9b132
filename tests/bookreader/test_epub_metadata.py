"""What package documents say of the book, in the ways of EPUB 2 and 3."""

import pytest

from bookreader.document import Contributor
from tests.bookreader.books import epub, page, read

TITLE = "<dc:title>The Weir</dc:title>"
MODIFIED = '<dc:date opf:event="modification">2020-01-01</dc:date>'


@pytest.fixture
def metadata(tmp_path):
    def run(elements, head=""):
        return read(tmp_path, epub({"c1.xhtml": page("<p>One.</p>", head)}, metadata=elements)).metadata

    return run


def test_people_are_authors_or_contributors_by_role(metadata):
    found = metadata(
        f'{TITLE}<dc:creator opf:role="ill">Ivy Ink</dc:creator><dc:creator opf:role="aut">Ada Example</dc:creator>'
        '<dc:creator id="b">Bob Second</dc:creator><meta refines="#b" property="role" scheme="marc:relators">aut</meta>'
        '<dc:creator id="t">Tove Trans</dc:creator><meta refines="#t" property="role">trl</meta>'
        '<dc:contributor opf:role="Editor">Ed Itor</dc:contributor><dc:contributor>Con Tributor</dc:contributor>'
    )
    assert found.authors == ("Ada Example", "Bob Second")
    assert found.author == "Ada Example; Bob Second"
    assert found.contributors == (
        Contributor("Ivy Ink", "ill"),
        Contributor("Tove Trans", "trl"),
        Contributor("Ed Itor", "edt"),
        Contributor("Con Tributor", "ctb"),
    )


def test_people_in_one_element_are_split_and_ordered_by_their_sequence(metadata):
    found = metadata(
        f'{TITLE}<dc:creator id="z">Last Name</dc:creator><meta refines="#z" property="display-seq">2</meta>'
        '<dc:creator id="a">Ada Example; Bob Second &amp; Cy Third</dc:creator>'
        '<meta refines="#a" property="display-seq">1</meta>'
    )
    assert found.authors == ("Ada Example", "Bob Second", "Cy Third", "Last Name")


def test_titles_are_distinguished_by_their_refinements(metadata):
    found = metadata(
        '<dc:title id="s">A Tale of Water</dc:title><meta refines="#s" property="title-type">subtitle</meta>'
        '<dc:title id="m">The Weir</dc:title><meta refines="#m" property="title-type">main</meta>'
    )
    assert (found.title, found.subtitle) == ("The Weir", "A Tale of Water")


def test_the_title_of_a_file_serves_where_the_package_has_none(metadata):
    assert metadata("<dc:language>en</dc:language>", "<title>The Weir</title>").title == "The Weir"


@pytest.mark.parametrize(
    ("elements", "date"),
    [
        (f'{MODIFIED}<dc:date opf:event="publication">1999-03-04</dc:date>', "1999-03-04"),
        ('<dc:date>1999</dc:date><meta property="dcterms:modified">2020-01-01T00:00:00Z</meta>', "1999"),
        (MODIFIED, None),
        ('<meta property="dcterms:issued">1999-03</meta>', "1999-03"),
        ("<dc:date>1999-03-04T10:00:00+02:00</dc:date>", "1999-03-04"),
        ("<dc:date>0101-01-01T00:00:00+00:00</dc:date>", None),
        ("<dc:date>4 March 1999</dc:date>", "1999"),
    ],
)
def test_the_date_is_that_of_publication(metadata, elements, date):
    assert metadata(TITLE + elements).publication_date == date


@pytest.mark.parametrize(
    ("language", "tag"),
    [
        ("eng", "en"),
        ("en_us", "en-US"),
        ("DE-de", "de-DE"),
        ("English", "en"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("und", None),
    ],
)
def test_the_language_is_a_tag(metadata, language, tag):
    assert metadata(f"{TITLE}<dc:language>{language}</dc:language>").language == tag


def test_the_language_of_the_texts_serves_where_the_package_has_none(tmp_path):
    source = page("<p>Eins.</p>").replace("<html", "<html xml:lang='de-AT'", 1)
    assert read(tmp_path, epub({"c1.xhtml": source}, metadata=TITLE)).metadata.language == "de-AT"


@pytest.mark.parametrize(
    "elements",
    [
        '<meta name="calibre:series" content="The Rivers"/><meta name="calibre:series_index" content="2.5"/>',
        '<meta property="belongs-to-collection" id="c">The Rivers</meta><meta refines="#c" property="collection-type">'
        'series</meta><meta refines="#c" property="group-position">2.5</meta>',
    ],
)
def test_the_series_has_a_position(metadata, elements):
    found = metadata(TITLE + elements)
    assert (found.series, found.series_index) == ("The Rivers", 2.5)


@pytest.mark.parametrize(
    ("elements", "isbn"),
    [
        (
            "<dc:identifier>urn:uuid:0306-406152</dc:identifier><dc:identifier>urn:isbn:0306406152</dc:identifier>",
            "9780306406157",
        ),
        ('<dc:identifier opf:scheme="ISBN">978-3-16-148410-0</dc:identifier>', "9783161484100"),
        ("<dc:identifier>ISBN-13: 978 3 16 148410 0 (print)</dc:identifier>", "9783161484100"),
        ("<dc:identifier>9783161484101</dc:identifier>", None),
        ("<dc:source>urn:isbn:9783161484100</dc:source>", "9783161484100"),
    ],
)
def test_the_isbn_is_validated_and_has_thirteen_digits(metadata, elements, isbn):
    assert metadata(TITLE + elements).isbn == isbn


def test_publisher_subjects_and_description_are_read(metadata):
    found = metadata(
        f"{TITLE}<dc:publisher>Weir &amp; Sons</dc:publisher><dc:subject>Rivers; Crime &amp; Mystery</dc:subject>"
        "<dc:subject>Rivers</dc:subject><dc:description>&lt;p&gt;A &lt;i&gt;quiet&lt;/i&gt; tale.&lt;/p&gt;"
        "&lt;p&gt;Of water.&lt;/p&gt;</dc:description>"
    )
    assert found.publisher == "Weir & Sons"
    assert found.subjects == ("Rivers", "Crime & Mystery")
    assert found.description == "A quiet tale.\n\nOf water."


def test_placeholders_of_programs_are_no_metadata(metadata):
    found = metadata("<dc:title>Untitled</dc:title><dc:creator>Unknown</dc:creator>", "<title>The Weir</title>")
    assert (found.title, found.authors) == ("The Weir", ())
