"""EPUBs as they are in the world: one bad file, entity, link or anchor costs that item, never the book."""

import zipfile

import pytest

from benchmarks import catalog_corpus as corpus
from bookreader import pictures
from bookreader.document import FileProblemError
from bookreader.limits import Limits
from tests.bookreader.books import codes, epub, page, prose, read, text, titles

TWO = {
    "c1.xhtml": page("<h1 id='top'>Alpha</h1>" + prose("Alpha")),
    "c2.xhtml": page("<h1>Beta</h1>" + prose("Beta")),
}
CONTENTS = {"c1.xhtml": "One", "c2.xhtml": "Two"}


def repacked(content: bytes, rename, folder):
    """The archive with its files renamed."""
    source, target = folder / "source.zip", folder / "target.zip"
    source.write_bytes(content)
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(rename(name), old.read(name))
    return target.read_bytes()


@pytest.mark.parametrize(
    "targets",
    [
        ["c1.xhtml", "c2.xhtml"],
        ["/OPS/c1.xhtml#top", "/OPS/c2.xhtml"],
        ["./x/../c1.xhtml", "../../OPS/c2.xhtml"],
        ["C1.XHTML", "c2.XHTML#"],
        ["c1.xhtml?x=1", "%63%32.xhtml"],
    ],
)
def test_links_of_the_contents_are_followed_as_browsers_follow_them(tmp_path, targets):
    contents = dict(zip(targets, ("One", "Two"), strict=True))
    document = read(tmp_path, epub(TWO, contents=contents))
    assert titles(document) == ["One", "Two"]
    assert {chapter.source for chapter in document.chapters} == {"contents"}
    assert document.warnings == []


@pytest.mark.parametrize(
    "rename",
    [
        lambda name: f"My Book/{name}",
        str.upper,
        lambda name: name.replace("/", "\\"),
        lambda name: name.replace("c1", "c%31"),
    ],
)
def test_files_are_found_in_archives_packed_carelessly(tmp_path, rename):
    document = read(tmp_path, repacked(epub(TWO, contents=CONTENTS), rename, tmp_path))
    assert titles(document) == ["One", "Two"]
    assert "Alpha looked" in text(document)


def test_names_in_another_unicode_form_are_found(tmp_path):
    files = {"c\u00e9.xhtml": TWO["c1.xhtml"], "c2.xhtml": TWO["c2.xhtml"]}
    content = repacked(epub(files), lambda name: name.replace("\u00e9", "e\u0301"), tmp_path)
    assert "Alpha looked" in text(read(tmp_path, content))


def test_missing_and_damaged_files_cost_a_warning_each(tmp_path):
    files = {**TWO, "gone.xhtml": "", "binary.xhtml": bytes(range(256)) * 40}
    content = repacked(epub(files, contents=CONTENTS), lambda name: name.replace("gone", "other"), tmp_path)
    document = read(tmp_path, content)
    assert titles(document) == ["One", "Two"]
    assert {(one.code, one.message) for one in document.warnings} == {
        ("file_missing", "Files that the book names are missing: OPS/gone.xhtml."),
        ("file_damaged", "Files that cannot be unpacked or decoded were skipped: OPS/binary.xhtml."),
    }


def test_entries_that_lead_nowhere_are_moved_to_their_file_or_left_out(tmp_path):
    document = read(tmp_path, epub(TWO, contents={"c1.xhtml#gone": "One", "c2.xhtml": "Two", "c9.xhtml": "Nine"}))
    assert titles(document) == ["One", "Two"]
    assert codes(document) == {"target_missing"}


@pytest.mark.parametrize(
    ("container", "code"),
    [
        ("", "container_damaged"),
        ("<container><rootfiles><rootfile full-path='../../etc/passwd'/></rootfiles></container>", "container_damaged"),
        ("<container>", "container_damaged"),
    ],
)
def test_the_package_is_searched_where_the_container_names_none(tmp_path, container, code):
    document = read(tmp_path, epub(TWO, contents=CONTENTS, **{"META-INF/container.xml": container}))
    assert document.metadata.title == "The Weir"
    assert titles(document) == ["One", "Two"]
    assert code in codes(document)


def test_the_texts_are_read_by_name_where_the_package_is_no_xml(tmp_path):
    document = read(tmp_path, epub(TWO, **{"OPS/book.opf": "binary \x00 or nothing"}))
    assert "Alpha looked" in text(document)
    assert titles(document)[-2:] == ["Alpha", "Beta"]
    assert {"package_damaged", "spine_missing"} <= codes(document)


def test_bare_ampersands_and_entities_of_html_are_recovered_everywhere(tmp_path):
    metadata = "<dc:title>Salt &amp; Sea & Sand&nbsp;&mdash; &unknown;</dc:title>"
    contents = {"c1.xhtml": "Salt & Sea", "c2.xhtml": "Two&nbsp;Tides"}
    document = read(tmp_path, epub(TWO, metadata=metadata, contents=contents))
    assert document.metadata.title == "Salt & Sea & Sand — &unknown;"
    assert titles(document) == ["Salt & Sea", "Two Tides"]
    assert document.warnings == []


def test_entities_are_declared_but_never_of_entities_or_files(tmp_path):
    doctype = (
        '<!DOCTYPE html [<!ENTITY hb "harbour">\n<!ENTITY two "&hb;&hb;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    )
    body = page("<p>The &hb;, &two; and &f; x</p>").partition("?>")[2]
    assert text(read(tmp_path, epub({"c1.xhtml": doctype + body}))) == "The harbour, &two; and &f; x"


def test_a_package_with_broken_markup_is_recovered(tmp_path):
    document = read(tmp_path, epub(TWO, metadata="<dc:title>The Weir</dc:creator><dc:creator>B. Sallow</dc:creator>"))
    assert "Alpha looked" in text(document)
    assert "markup_recovered" in codes(document)


def test_texts_with_broken_markup_lose_no_text(tmp_path):
    broken = page("<h1>Alpha</h1><p class=x>One <b>two</i> three<br> four</p><title/><script src='x'/><p>five & six")
    document = read(tmp_path, epub({"c1.xhtml": broken}))
    assert text(document) == "Alpha\n\nOne two three\nfour\n\nfive & six"
    assert "markup_recovered" in codes(document)


def test_self_closed_elements_are_empty_in_xhtml(tmp_path):
    source = page("<h1>Alpha</h1><p>One<i/> <script src='x'/>two<a id='x'/></p>", "<title/><style/>")
    document = read(tmp_path, epub({"c1.xhtml": source}))
    assert text(document) == "Alpha\n\nOne two"
    assert "markup_recovered" not in codes(document)


def test_each_file_of_the_spine_is_read_once_in_or_out_of_the_linear_order(tmp_path):
    spine = '<itemref idref="c2.xhtml" linear="no"/><itemref idref="c1.xhtml"/><itemref idref="c2.xhtml"/>'
    found = text(read(tmp_path, epub(TWO, spine=spine)))
    assert found.index("Beta looked") < found.index("Alpha looked")
    assert found.count("Beta\n") == 1


def test_the_fallback_of_an_item_that_is_no_text_is_read(tmp_path):
    manifest = '<item id="s" href="s.pdf" media-type="application/pdf" fallback="c2.xhtml"/>'
    document = read(tmp_path, epub(TWO, manifest=manifest, spine='<itemref idref="c1.xhtml"/><itemref idref="s"/>'))
    assert "Beta looked" in text(document)


def test_a_picture_in_the_spine_is_a_picture_of_the_book(tmp_path):
    manifest = '<item id="p" href="p.png" media-type="image/png"/>'
    spine = '<itemref idref="p"/><itemref idref="c1.xhtml"/>'
    document = read(tmp_path, epub(TWO, manifest=manifest, spine=spine, **{"OPS/p.png": b"x"}))
    assert document.pages[0].images == ("OPS/p.png",)


def test_nested_contents_keep_their_levels(tmp_path):
    nav = page(
        '<nav epub:type="toc"><ol><li><span>Part</span><ol><li><a href="c1.xhtml">One</a><ol>'
        '<li><a href="c1.xhtml#end">End</a></li></ol></li></ol></li><li><a href="c2.xhtml">Two</a></li></ol></nav>'
        '<nav epub:type="page-list"><ol><li><a href="c1.xhtml">1</a></li></ol></nav>'
    )
    first = page("<h1>Alpha</h1>" + prose("Alpha") + "<p id='end'>The end.</p>")
    document = read(tmp_path, epub({**TWO, "c1.xhtml": first}, **{"OPS/nav.xhtml": nav}))
    assert [(one.title, one.level) for one in document.chapters] == [("One", 2), ("End", 3), ("Two", 1)]


NCX = (
    '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><docTitle><text>x</text></docTitle><navMap><navPoint id="a">'
    "<navLabel><text>Part & One</text></navLabel><content src='c1.xhtml'/><navPoint id='b'><navLabel><text>Two</text>"
    "</navLabel><content src='c2.xhtml'/></navPoint></navPoint></navMap></ncx>"
)


def test_the_ncx_is_read_where_the_nav_is_missing_or_empty(tmp_path):
    manifest = '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
    document = read(tmp_path, epub(TWO, manifest=manifest, **{"OPS/toc.ncx": NCX}))
    assert [(one.title, one.level) for one in document.chapters] == [("Part & One", 1), ("Two", 2)]


def test_a_page_of_links_serves_as_contents_where_the_guide_names_it(tmp_path):
    links = page("<p><a href='c1.xhtml'>First</a></p><p><a href='c2.xhtml'>Second</a></p>")
    manifest = '<item id="t" href="t.xhtml" media-type="application/xhtml+xml"/>'
    package = epub(TWO, manifest=manifest, **{"OPS/t.xhtml": links})
    path = tmp_path / "x.zip"
    path.write_bytes(package)
    with zipfile.ZipFile(path) as archive:
        opf = archive.read("OPS/book.opf").decode()
    opf = opf.replace("</package>", '<guide><reference type="toc" href="t.xhtml"/></guide></package>')
    document = read(tmp_path, epub(TWO, **{"OPS/t.xhtml": links, "OPS/book.opf": opf}))
    assert titles(document) == ["First", "Second"]


def test_pictures_and_titles_name_entries_without_words(tmp_path):
    nav = page(
        '<nav epub:type="toc"><ol><li><a href="c1.xhtml"><img src="a.png" alt="First"/></a></li>'
        '<li><a href="c2.xhtml" title="Second"><img src="b.png" alt=""/></a></li></ol></nav>'
    )
    assert titles(read(tmp_path, epub(TWO, **{"OPS/nav.xhtml": nav}))) == ["First", "Second"]


def test_headings_over_the_whole_book_are_chapters_where_contents_are_missing(tmp_path):
    names = ["The Harbour", "The Storm", "The Letter"]
    files = {f"c{n}.xhtml": page(f"<h2>{name}</h2>" + prose(name)) for n, name in enumerate(names)}
    files = {"title.xhtml": page("<h1>The Weir</h1><h2>B. Sallow</h2>"), **files}
    document = read(tmp_path, epub(files))
    assert titles(document) == names
    assert {one.source for one in document.chapters} == {"headings"}
    assert codes(document) == {"contents_missing"}


def test_headings_replace_contents_that_leave_the_text_undivided(tmp_path):
    body = "".join(f"<h2>Chapter {n}</h2>" + prose("Alpha") for n in range(1, 6))
    files = {"cover.xhtml": page("<p>The Weir</p>"), "all.xhtml": page(body)}
    document = read(tmp_path, epub(files, contents={"cover.xhtml": "Cover", "all.xhtml": "Text"}))
    assert titles(document) == [f"Chapter {n}" for n in range(1, 6)]
    assert codes(document) == {"contents_poor"}


def test_titles_of_files_are_chapters_where_there_is_nothing_else(tmp_path):
    files = {
        f"c{n}.xhtml": page(prose(name), f"<title>{name}</title>") for n, name in enumerate(("Gate", "Race", "Pool"))
    }
    assert titles(read(tmp_path, epub(files))) == ["Gate", "Race", "Pool"]


def test_text_that_style_sheets_hide_is_left_out_but_notes_are_kept(tmp_path):
    css = "/* .a{display:none} */ .gone, p.away { color: red; display : none } @media x { .shown { display: none } }"
    css += " .footnote { display: none }"
    manifest = '<item id="css" href="s.css" media-type="text/css"/>'
    body = "".join(f"<p class='x {name}'>{name}</p>" for name in ("a", "gone", "away", "shown", "footnote"))
    document = read(tmp_path, epub({"c1.xhtml": page(body)}, manifest=manifest, **{"OPS/s.css": css}))
    assert text(document).split() == ["a", "shown", "footnote"]


def test_an_encrypted_text_is_skipped_and_a_protected_book_refused(tmp_path):
    def encryption(*names):
        data = "".join(
            f"<EncryptedData><CipherData><CipherReference URI='OPS/{name}'/></CipherData></EncryptedData>"
            for name in names
        )
        return f"<encryption>{data}</encryption>"

    one = read(tmp_path, epub(TWO, **{"META-INF/encryption.xml": encryption("c2.xhtml", "font.otf")}))
    assert "Alpha looked" in text(one)
    assert "file_encrypted" in codes(one)
    with pytest.raises(FileProblemError, match="protected"):
        read(tmp_path, epub(TWO, **{"META-INF/encryption.xml": encryption(*TWO)}))


def test_an_archive_without_a_package_is_refused(tmp_path):
    content = repacked(epub(TWO), lambda name: name.replace(".opf", ".x").replace("container", "y"), tmp_path)
    with pytest.raises(FileProblemError, match="not an EPUB"):
        read(tmp_path, content)


def test_the_frame_of_project_gutenberg_is_left_out_and_chapters_keep_their_places(tmp_path):
    start, end = (f"<p>*** {word} OF THE PROJECT GUTENBERG EBOOK REEF ***</p>" for word in ("START", "END"))
    files = {
        "c1.xhtml": page(f"<p>The Project Gutenberg eBook of Reef</p>{start}<h2>Alpha</h2>{prose('Alpha')}"),
        "c2.xhtml": page(f"<h2>Beta</h2>{prose('Beta')}{end}<p>Licence</p>"),
    }
    document = read(tmp_path, epub(files))
    assert "GUTENBERG" not in text(document)
    assert "Licence" not in text(document)
    for chapter, title in zip(document.chapters, ("Alpha", "Beta"), strict=True):
        assert document.pages[chapter.first_page - 1].text[chapter.first_offset :].startswith(title)


def test_pictures_that_are_not_in_the_file_cost_no_other_picture(tmp_path):
    body = "".join(
        f"<p>x<img src='{source}' alt=''/></p>" for source in ("p.png", "gone.png", "https://a.example/q.png")
    )
    document = read(tmp_path, epub({"c1.xhtml": page(body + "<img src='/OPS/P.png'/>")}, **{"OPS/p.png": b"x"}))
    assert document.pages[0].images == ("OPS/p.png", "OPS/P.png")
    assert "picture_missing" in codes(document)


def test_a_damaged_picture_costs_no_other_picture(tmp_path):
    path = tmp_path / "book.epub"
    path.write_bytes(epub(TWO, **{"OPS/p.png": corpus.png(3, 2), "OPS/q.png": b"x"}))
    names = ["OPS/q.png", "OPS/p.png"]
    found = pictures.epub_images(path, Limits(), names=names)
    assert [(one.width, one.height) for one in found] == [(1, 1), (3, 2)]
    (second,) = pictures.epub_images(path, Limits(), names=names, number=2)
    assert second.content == corpus.png(3, 2)
    for number, reason in ((1, "can be shown"), (3, "has 2 pictures")):
        with pytest.raises(FileProblemError, match=reason):
            list(pictures.epub_images(path, Limits(), names=names, number=number))


@pytest.mark.parametrize(
    ("metadata", "attributes"),
    [
        ("", 'id="a" properties="cover-image"'),
        ('<meta name="cover" content="a"/>', 'id="a"'),
        ('<meta name="cover" content="b.png"/>', 'id="a"'),
        ("", 'id="my-cover"'),
    ],
)
def test_the_cover_is_found_as_each_version_names_it(tmp_path, metadata, attributes):
    manifest = '<item id="z" href="z.png" media-type="image/png"/>'
    manifest += f'<item {attributes} href="b.png" media-type="image/png"/>'
    files = {"OPS/z.png": corpus.png(1, 1), "OPS/b.png": corpus.png(3, 2)}
    path = tmp_path / "book.epub"
    path.write_bytes(epub(TWO, metadata=metadata, manifest=manifest, **files))
    (found,) = pictures.cover(path, Limits(), kind="epub")
    assert (found.width, found.height) == (3, 2)


def test_the_picture_on_the_page_that_the_guide_calls_the_cover_is_the_cover(tmp_path):
    path = tmp_path / "book.epub"
    opf = (
        '<package xmlns="http://www.idpf.org/2007/opf"><metadata/><manifest/><spine/>'
        '<guide><reference type="cover" href="c.xhtml"/></guide></package>'
    )
    cover = page("<svg xmlns='http://www.w3.org/2000/svg'><image xlink:href='b.png'/></svg>")
    path.write_bytes(epub(TWO, **{"OPS/book.opf": opf, "OPS/c.xhtml": cover, "OPS/b.png": corpus.png(3, 2)}))
    (found,) = pictures.cover(path, Limits(), kind="epub")
    assert (found.width, found.height) == (3, 2)
