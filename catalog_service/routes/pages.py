"""What is in a book over HTTP: pages, pictures, chapters, the whole text, the original file."""

from __future__ import annotations

from typing import Any

from flask import Response, request, send_file
from flask_openapi import APIBlueprint

from catalog_service import markdown, schemas
from catalog_service.books import PageFound, matches, to_json
from catalog_service.library import Library
from bookreader.document import SERVED, Picture
from catalog_service.routes.answers import JSON, MARKDOWN, TEXT, answer, book_number, number, query_fields, wants
from catalog_service.schemas import parse
from servicekit.app import array_response, blueprint, documented_only
from servicekit.problems import NotFound

VARY = {"Vary": "Accept"}
# A chapter with more of the text than this was probably not found, but what was left over.
SUSPICIOUS_SHARE = 0.6
_MEDIA_TYPES = {
    "pdf": "application/pdf",
    "epub": "application/epub+zip",
    "html": "text/html",
    "markdown": "text/markdown",
    "txt": "text/plain",
}


def create_blueprint(library: Library) -> APIBlueprint:
    """The routes of pages, pictures, chapters, texts and files."""
    api = blueprint("pages", tag="pages", description="What is in a book.", failures=[404, 503])
    _add_texts(api, library)
    _add_pictures(api, library)
    _add_file(api, library)
    return api


def _add_texts(api: APIBlueprint, library: Library) -> None:
    @api.get(
        "/books/<book_id>/pages/<page_number>",
        summary="Read a page",
        responses={200: {"content": {**_json_of("Page"), TEXT: _STRING, MARKDOWN: _STRING}}},
    )
    @documented_only
    def read_page(path: schemas.PagePath, book_id: str, page_number: str) -> Response:
        page = library.books.page(book_number(book_id), number(page_number))
        kind = wants(JSON, TEXT, MARKDOWN)
        if kind == JSON:
            return answer(to_json(_page(page)), headers=VARY)
        text = markdown.of(page.text, library.books.chapter_titles(page)) if kind == MARKDOWN else page.text
        return answer(text, kind, headers=VARY)

    @api.get(
        "/books/<book_id>/text",
        summary="Read the whole text",
        responses={200: {"content": {TEXT: _STRING, **_json_of("BookText")}}},
    )
    @documented_only
    def read_text(path: schemas.BookPath, query: schemas.SpanQuery, book_id: str) -> Response:
        span = parse(schemas.SpanQuery, query_fields())
        book = library.books.get(book_number(book_id))
        last = min(span.last_page or book["page_count"], book["page_count"])
        if span.first_page > max(1, book["page_count"]):
            raise NotFound(f"Book {book['id']} has no page {span.first_page}: its pages are 1 to {book['page_count']}.")
        pages = library.books.pages(book["id"], book["revision"], span.first_page, last)
        if wants(TEXT, JSON) == TEXT:
            return answer("\n\n".join(text for _, text in pages), TEXT, headers=VARY)
        told = {
            "book_id": book["id"],
            "title": book["title"],
            "revision": book["revision"],
            "first_page": span.first_page,
            "last_page": last,
            "page_count": book["page_count"],
            "pages": [{"page_number": at, "text": text} for at, text in pages],
        }
        return answer(to_json(told), headers=VARY)

    @api.get("/books/<book_id>/chapters", summary="List the chapters", responses={200: schemas.Chapters})
    @documented_only
    def list_chapters(path: schemas.BookPath, book_id: str) -> Response:
        book = library.books.get(book_number(book_id))
        found = library.books.chapters(book["id"], book["revision"])
        told = {"book_id": book["id"], "revision": book["revision"], "chapters": found, "warnings": _warnings(found)}
        return answer(to_json(told))


def _add_pictures(api: APIBlueprint, library: Library) -> None:
    @api.get("/books/<book_id>/pages/<page_number>/image", summary="See a page of a PDF", responses={200: _PICTURE})
    @documented_only
    def read_page_image(path: schemas.PagePath, query: schemas.ImageQuery, book_id: str, page_number: str) -> Response:
        width = parse(schemas.ImageQuery, query_fields()).width
        return _picture(library.page_image(book_number(book_id), number(page_number), width))

    @api.get(
        "/books/<book_id>/pages/<page_number>/images",
        summary="List the pictures on a page",
        responses={200: array_response("PageImage")},
    )
    @documented_only
    def list_images(path: schemas.PagePath, book_id: str, page_number: str) -> Response:
        at = f"/books/{book_number(book_id)}/pages/{number(page_number)}/images"
        found = library.images(book_number(book_id), number(page_number))
        told = [
            schemas.PageImage(number=k, width=image.width, height=image.height, url=f"{at}/{k}").model_dump()
            for k, image in enumerate(found, 1)
        ]
        return answer(to_json(told), headers={"X-Total-Count": str(len(told))})

    @api.get(
        "/books/<book_id>/pages/<page_number>/images/<image_number>",
        summary="See a picture on a page",
        responses={200: _PICTURE},
    )
    @documented_only
    def read_image(path: schemas.ImagePath, book_id: str, page_number: str, image_number: str) -> Response:
        return _picture(library.image(book_number(book_id), number(page_number), number(image_number)))

    @api.get("/books/<book_id>/cover", summary="See the cover", responses={200: _PICTURE})
    @documented_only
    def read_cover(path: schemas.BookPath, book_id: str) -> Response:
        return _picture(library.cover(book_number(book_id)))


def _add_file(api: APIBlueprint, library: Library) -> None:
    @api.get(
        "/books/<book_id>/file",
        summary="Download the original file",
        description="Byte for byte as it was imported. Takes `Range`; the entity tag is the file's SHA-256.",
        responses={200: _FILE, 206: _FILE},
    )
    @documented_only
    def read_file(path: schemas.BookPath, book_id: str) -> Response:
        book = library.books.get(book_number(book_id))
        place, sha256 = library.original(book["id"])
        if matches(request.headers.get("If-None-Match", ""), f'"{sha256}"'):
            return Response(status=304, headers={"ETag": f'"{sha256}"'})
        # As an attachment: an HTML book shown in place could run scripts as if they were ours.
        return send_file(
            place,
            mimetype=_MEDIA_TYPES.get(book["format"], "application/octet-stream"),
            as_attachment=True,
            download_name=book["source"],
            etag=sha256,
            last_modified=None,
            conditional=True,
        )


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


def _warnings(chapters: list[dict[str, Any]]) -> list[str]:
    if not chapters:
        return ["No chapters were found."]
    return [
        f"Chapter {one['number']} holds {one['share']:.0%} of the text: others have probably not been found."
        for one in chapters
        if one["share"] > SUSPICIOUS_SHARE
    ]


def _picture(picture: Picture) -> Response:
    return answer(picture.content, picture.media_type)


def _json_of(schema: str) -> dict[str, Any]:
    return {JSON: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


_STRING = {"schema": {"type": "string"}}
_BYTES = {"schema": {"type": "string", "format": "binary"}}
_FILE = {"content": dict.fromkeys([*_MEDIA_TYPES.values(), "application/octet-stream"], _BYTES)}
_PICTURE = {"content": dict.fromkeys(SERVED.values(), _BYTES)}
