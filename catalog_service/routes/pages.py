"""What is in a book over HTTP: pages, pictures, chapters, the whole text, the original file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Response, request, send_file

from catalog_service import markdown
from catalog_service.books import PageFound, matches, to_json
from catalog_service.library import Library
from catalog_service.pictures import StoredPicture
from catalog_service.routes.answers import MARKDOWN, TEXT, answer, answer_in_pieces, patient_client, wants
from contract import books, public
from contract.books import PageImageQuery, SpanQuery
from servicekit.operations import JSON, Routes
from servicekit.problems import NotFound

VARY = {"Vary": "Accept"}
# A chapter with more of the text than this was probably not found, but what was left over.
SUSPICIOUS_SHARE = 0.6
_MEDIA_TYPES = dict(zip(("pdf", "epub", "html", "markdown", "txt"), public.BOOK_TYPES, strict=True))


def create_routes(library: Library) -> Routes:
    """The routes of pages, pictures, chapters, texts and files."""
    routes = Routes("pages")
    _add_pages(routes, library)
    _add_texts(routes, library)
    _add_pictures(routes, library)
    _add_file(routes, library)
    return routes


def _add_pages(routes: Routes, library: Library) -> None:
    def page_as(book_id: int, page_number: int, kind: str) -> Response:
        page = library.books.page(book_id, page_number)
        if kind == JSON:
            return answer(to_json(_page(page)), headers=VARY)
        text = markdown.of(page.text, library.books.chapter_titles(page)) if kind == MARKDOWN else page.text
        return answer(text, kind, headers=VARY)

    @routes.implements(public.READ_PAGE)
    def read_page(book_id: int, page_number: int) -> Response:
        return page_as(book_id, page_number, wants(JSON, TEXT, MARKDOWN))

    @routes.implements(public.READ_PAGE_TEXT)
    def read_page_text(book_id: int, page_number: int) -> Response:
        return page_as(book_id, page_number, TEXT)

    @routes.implements(public.READ_PAGE_MARKDOWN)
    def read_page_markdown(book_id: int, page_number: int) -> Response:
        return page_as(book_id, page_number, MARKDOWN)


def _add_texts(routes: Routes, library: Library) -> None:
    def text_as(book_id: int, span: SpanQuery, kind: str) -> Response:
        book = library.books.get(book_id)
        last = min(span.last_page or book["page_count"], book["page_count"])
        if span.first_page > max(1, book["page_count"]):
            raise NotFound(f"Book {book['id']} has no page {span.first_page}: its pages are 1 to {book['page_count']}.")
        pages = library.books.pages(book["id"], book["revision"], span.first_page, last)
        if kind == TEXT:
            pieces = ((text if at == span.first_page else f"\n\n{text}").encode() for at, text in pages)
            return answer_in_pieces(pieces, TEXT, library.files.incoming, VARY)
        shown = {
            "book_id": book["id"],
            "title": book["title"],
            "revision": book["revision"],
            "first_page": span.first_page,
            "last_page": last,
            "page_count": book["page_count"],
        }
        return answer_in_pieces(_with_pages(shown, pages), JSON, library.files.incoming, VARY)

    @routes.implements(public.READ_TEXT)
    def read_text(book_id: int, query: SpanQuery) -> Response:
        return text_as(book_id, query, wants(TEXT, JSON))

    @routes.implements(public.READ_TEXT_PAGES)
    def read_text_pages(book_id: int, query: SpanQuery) -> Response:
        return text_as(book_id, query, JSON)

    @routes.implements(public.LIST_CHAPTERS)
    def list_chapters(book_id: int) -> Response:
        book = library.books.get(book_id)
        found = library.books.chapters(book["id"], book["revision"])
        shown = {"book_id": book["id"], "revision": book["revision"], "chapters": found, "warnings": _warnings(found)}
        return answer(to_json(shown))


def _add_pictures(routes: Routes, library: Library) -> None:
    @routes.implements(public.READ_PAGE_IMAGE)
    def read_page_image(book_id: int, page_number: int, query: PageImageQuery) -> Response:
        return _picture(library.page_image(book_id, page_number, query.width, patient_client()))

    @routes.implements(public.LIST_PICTURES)
    def list_pictures(book_id: int, page_number: int) -> Response:
        at = f"/books/{book_id}/pages/{page_number}/images"
        shown = [
            books.Picture(number=number, width=image.width, height=image.height, url=f"{at}/{number}").model_dump()
            for number, image in enumerate(library.images(book_id, page_number, patient_client()), 1)
        ]
        return answer(to_json(shown), headers={"X-Total-Count": str(len(shown))})

    @routes.implements(public.READ_PICTURE)
    def read_picture(book_id: int, page_number: int, image_number: int) -> Response:
        return _picture(library.image(book_id, page_number, image_number, patient_client()))

    @routes.implements(public.READ_COVER)
    def read_cover(book_id: int) -> Response:
        return _picture(library.cover(book_id, patient_client()))


def _add_file(routes: Routes, library: Library) -> None:
    @routes.implements(public.READ_FILE)
    def read_file(book_id: int) -> Response:
        book = library.books.get(book_id)
        place, sha256 = library.original(book["id"])
        # As an attachment: an HTML book shown in place could run scripts as if they were ours.
        kind = _MEDIA_TYPES.get(book["format"], "application/octet-stream")
        return _file(place, kind, sha256, as_attachment=True, download_name=book["source"])


def _page(page: PageFound) -> dict[str, Any]:
    path = f"/books/{page.book_id}/pages/"
    return {
        "book_id": page.book_id,
        "page_number": page.number,
        "page_count": page.page_count,
        "revision": page.revision,
        "text": page.text,
        "word_count": page.word_count,
        "problem": page.problem,
        "prev": f"{path}{page.number - 1}" if page.number > 1 else None,
        "next": f"{path}{page.number + 1}" if page.number < page.page_count else None,
    }


def _with_pages(shown: dict[str, Any], pages: Iterator[tuple[int, str]]) -> Iterator[bytes]:
    """The JSON of some pages, page by page; `shown` is what comes before them."""
    yield to_json(shown)[:-1] + b',"pages":['
    separator = b""
    for at, text in pages:
        yield separator + to_json({"page_number": at, "text": text})
        separator = b","
    yield b"]}"


def _warnings(chapters: list[dict[str, Any]]) -> list[str]:
    if not chapters:
        return ["No chapters were found."]
    return [
        f"Chapter {one['number']} holds {one['share']:.0%} of the text: others have probably not been found."
        for one in chapters
        if one["share"] > SUSPICIOUS_SHARE
    ]


def _picture(picture: StoredPicture) -> Response:
    return _file(picture.path, picture.media_type, picture.etag)


def _file(path: Path, media_type: str, tag: str, **how: Any) -> Response:
    """A file or the part of it that is asked for; 304 without a body if the client has it already."""
    if matches(request.headers.get("If-None-Match", ""), f'"{tag}"'):
        return Response(status=304, headers={"ETag": f'"{tag}"'})
    return send_file(path, mimetype=media_type, etag=tag, last_modified=None, conditional=True, **how)
