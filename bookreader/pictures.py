"""Pictures of pages, pictures in pages, and covers. Runs in the child process only.

What a browser shows is passed on as it is, if it is small; everything else is drawn anew, so that nothing but pixels
comes out, and scaled where it would be larger than anyone looks at.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image, UnidentifiedImageError

from bookreader import epub
from bookreader.archive import Archive, ItemProblemError
from bookreader.document import SERVED, FileProblemError
from bookreader.limits import Limits

COVER_WIDTH = 600  # of a cover that is drawn
COVER_EDGE = 1600  # the longest side of one that is a picture
_MAX_IMAGES = 1000
_AS_IT_IS_BYTES = 8 << 20
_COVER_AS_IT_IS_BYTES = 1 << 20
_PNG_BYTES = 4 << 20  # above it, a picture without transparency becomes JPEG
_JPEG_QUALITY = 88


@dataclass(frozen=True)
class Drawn:
    """A picture and its bytes; `page` is set where pages were asked."""

    media_type: str
    width: int
    height: int
    content: bytes = b""
    page: int = 0


def page_image(path: Path, limits: Limits, *, page: int, width: int) -> Iterator[Drawn]:
    """A page of a PDF (from 1) drawn `width` pixels wide, as PNG.

    Raises:
        FileProblemError: it cannot be drawn, or has more pixels than allowed.
    """
    document = _open(path)
    try:
        drawn = document[page - 1]
        page_width, page_height = drawn.get_size()
    except (pypdfium2.PdfiumError, IndexError):
        raise FileProblemError("the page is damaged") from None
    if page_width <= 0 or page_height <= 0:
        raise FileProblemError("the page has no size")
    scale = width / page_width
    if width * page_height * scale > limits.max_pixels:
        raise FileProblemError(f"the picture would have more than the {limits.max_pixels:,} pixels allowed")
    yield _encoded(drawn.render(scale=scale).to_pil())


def embedded_images(path: Path, limits: Limits, *, page: int, number: int | None = None) -> Iterator[Drawn]:
    """The pictures on a page of a PDF, or the one with this number (from 1); without number, without their bytes.

    Raises:
        FileProblemError: there is no such picture, or it has more pixels than allowed.
    """
    found = 0
    for image in _images(_open(path), page):
        found += 1
        width, height = image.get_px_size()
        if number is None:
            yield Drawn("image/png", width, height)
        elif found == number:
            if width * height > limits.max_pixels:
                raise FileProblemError(f"it has more than the {limits.max_pixels:,} pixels allowed")
            yield _extracted(image, limits)
            return
    if number is not None:
        raise FileProblemError(f"the page has {found} pictures")


def cover(path: Path, limits: Limits, *, kind: str) -> Iterator[Drawn]:
    """A cover: the one an EPUB names, or the first page of a PDF.

    Raises:
        FileProblemError: there is none.
    """
    if kind == "pdf":
        yield from page_image(path, limits, page=1, width=COVER_WIDTH)
        return
    archive = Archive(path)
    name = epub.cover(archive)
    if name is None:
        raise FileProblemError("the file names no cover")
    with _item(archive, name) as file:
        yield _checked(file, limits, most_bytes=_COVER_AS_IT_IS_BYTES, edge=COVER_EDGE)


def epub_images(path: Path, limits: Limits, *, names: list[str], number: int | None = None) -> Iterator[Drawn]:
    """The pictures of a page of an EPUB, by their names in it, or the one with this number (from 1).

    Without number they have no bytes, and a damaged one is a picture of one pixel.

    Raises:
        FileProblemError: the one asked for is missing, is not a picture, or has more pixels than allowed.
    """
    archive = Archive(path)
    if number is None:
        for name in names:
            yield _size(archive, name)
        return
    if number > len(names):
        raise FileProblemError(f"the page has {len(names)} pictures")
    with _item(archive, names[number - 1]) as file:
        yield _checked(file, limits)


def pdf_images(path: Path, limits: Limits, *, count: int) -> Iterator[Drawn]:
    """The pictures on all pages of a PDF; without bytes those after the first `count`, too large or damaged ones.

    Raises:
        FileProblemError: the PDF is damaged.
    """
    document = _open(path)
    made = 0
    for page in range(1, min(len(document), limits.max_pages) + 1):
        for image in _images(document, page):
            width, height = image.get_px_size()
            picture = Drawn("image/png", width, height)
            if made < count and width * height <= limits.max_pixels:
                with contextlib.suppress(FileProblemError):
                    picture = _extracted(image, limits)
                    made += 1
            yield replace(picture, page=page)


TASKS: dict[str, Callable[..., Iterator[Drawn]]] = {
    "page_image": page_image,
    "embedded_images": embedded_images,
    "pdf_images": pdf_images,
    "cover": cover,
    "epub_images": epub_images,
}


def _open(path: Path) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError:
        raise FileProblemError("the PDF is damaged") from None


def _images(document: pypdfium2.PdfDocument, page: int) -> Iterator[pypdfium2.PdfImage]:
    try:
        objects = document[page - 1].get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3)
        for count, one in enumerate(objects):
            if count >= _MAX_IMAGES:
                return
            if isinstance(one, pypdfium2.PdfImage):
                yield one
    except (pypdfium2.PdfiumError, IndexError):
        raise FileProblemError("the page is damaged") from None


def _extracted(image: pypdfium2.PdfImage, limits: Limits) -> Drawn:
    """The picture as it is stored, if browsers show that format, else drawn anew."""
    buffer = io.BytesIO()
    try:
        image.extract(buffer, fb_format="png")
    except (RuntimeError, ValueError, OSError):
        try:
            return _encoded(image.get_bitmap().to_pil())
        except (pypdfium2.PdfiumError, ValueError, OSError):
            raise FileProblemError("it is damaged") from None
    buffer.seek(0)
    return _checked(buffer, limits)


@contextlib.contextmanager
def _opened(file: IO[bytes]) -> Iterator[Image.Image]:
    Image.MAX_IMAGE_PIXELS = None  # our own limit is that of `Limits`
    try:
        with Image.open(file) as image:
            yield image
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise FileProblemError("it is not a picture that can be shown") from None


@contextlib.contextmanager
def _item(archive: Archive, name: str) -> Iterator[IO[bytes]]:
    try:
        with archive.open(name) as file:
            yield file
    except ItemProblemError as problem:
        raise FileProblemError(f"it is missing or damaged ({problem})") from None


def _size(archive: Archive, name: str) -> Drawn:
    try:
        with _item(archive, name) as file, _opened(file) as image:
            return Drawn(SERVED.get(str(image.format), "image/png"), *image.size)
    except FileProblemError:
        return Drawn("image/png", 1, 1)


def _checked(file: IO[bytes], limits: Limits, *, most_bytes: int = _AS_IT_IS_BYTES, edge: int | None = None) -> Drawn:
    """The picture in a file: as it is if it is shown by browsers, has at most so many bytes, and no longer side than
    `edge`.
    """
    head = file.read(most_bytes + 1)
    small = len(head) <= most_bytes
    if not small:
        file.seek(0)
    with _opened(io.BytesIO(head) if small else file) as image:
        width, height = image.size
        if width * height > limits.max_pixels:
            raise FileProblemError(f"it has more than the {limits.max_pixels:,} pixels allowed")
        fits = edge is None or max(width, height) <= edge
        if small and fits and image.format in SERVED and image.mode != "CMYK":
            return Drawn(SERVED[image.format], width, height, head)
        if not fits and edge is not None:
            image.draft("RGB", (edge, edge))  # a JPEG need not be decoded at its full size
        return _encoded(image, edge)


def _encoded(image: Image.Image, edge: int | None = None) -> Drawn:
    """The pixels alone, scaled so that no side is longer than `edge`."""
    transparent = image.has_transparency_data
    drawn = image.convert("RGBA" if transparent else "RGB")
    if edge is not None:
        drawn.thumbnail((edge, edge))
    buffer = io.BytesIO()
    drawn.save(buffer, "PNG")
    media_type = "image/png"
    if buffer.tell() > _PNG_BYTES and not transparent:
        buffer, media_type = io.BytesIO(), "image/jpeg"
        drawn.save(buffer, "JPEG", quality=_JPEG_QUALITY)
    return Drawn(media_type, drawn.width, drawn.height, buffer.getvalue())
