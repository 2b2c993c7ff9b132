"""Pictures of pages, pictures in pages, and covers. Runs in the child process only."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image, UnidentifiedImageError

from bookreader import epub
from bookreader.archive import Archive, ItemProblemError
from bookreader.document import SERVED, FileProblemError, Picture
from bookreader.limits import Limits

COVER_WIDTH = 600
_MAX_IMAGES = 1000


def page_image(path: Path, limits: Limits, *, page: int, width: int) -> Iterator[Picture]:
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
    yield _png(drawn.render(scale=scale).to_pil())


def embedded_images(path: Path, limits: Limits, *, page: int, number: int | None = None) -> Iterator[Picture]:
    """The pictures on a page of a PDF, or the one with this number (from 1); without number, without their bytes.

    Raises:
        FileProblemError: there is no such picture, or it has more pixels than allowed.
    """
    found = 0
    for image in _images(_open(path), page):
        found += 1
        width, height = image.get_px_size()
        if number is None:
            yield Picture("image/png", width, height, "")
        elif found == number:
            if width * height > limits.max_pixels:
                raise FileProblemError(f"it has more than the {limits.max_pixels:,} pixels allowed")
            yield _extracted(image)
            return
    if number is not None:
        raise FileProblemError(f"the page has {found} pictures")


def cover(path: Path, limits: Limits, *, kind: str) -> Iterator[Picture]:
    """A cover: the one an EPUB names, or the first page of a PDF.

    Raises:
        FileProblemError: there is none.
    """
    if kind == "pdf":
        yield from page_image(path, limits, page=1, width=COVER_WIDTH)
        return
    found = epub.cover(path)
    if found is None:
        raise FileProblemError("the file names no cover")
    yield _checked(found, limits)


def epub_image(path: Path, limits: Limits, *, names: list[str]) -> Iterator[Picture]:
    """Pictures in an EPUB, by their names in it; of several, a damaged one is an empty picture of one pixel.

    Raises:
        FileProblemError: the only one is missing, is not a picture, or has more pixels than allowed.
    """
    files = Archive(path)
    for name in names:
        try:
            yield _checked(files.read(name), limits)
        except (ItemProblemError, FileProblemError) as problem:
            if len(names) == 1:
                raise FileProblemError(f"it is missing or damaged ({problem})") from None
            yield Picture("image/png", 1, 1, "")


def pdf_images(path: Path, limits: Limits, *, count: int) -> Iterator[Picture]:
    """The pictures on all pages of a PDF; without bytes those after the first `count`, too large or damaged ones.

    Raises:
        FileProblemError: the PDF is damaged.
    """
    document = _open(path)
    made = 0
    for page in range(1, min(len(document), limits.max_pages) + 1):
        for image in _images(document, page):
            width, height = image.get_px_size()
            picture = Picture("image/png", width, height, "")
            if made < count and width * height <= limits.max_pixels:
                with contextlib.suppress(FileProblemError):
                    picture = _extracted(image)
                    made += 1
            yield replace(picture, page=page)


TASKS: dict[str, Callable[..., Iterator[Picture]]] = {
    "page_image": page_image,
    "embedded_images": embedded_images,
    "pdf_images": pdf_images,
    "cover": cover,
    "epub_image": epub_image,
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


def _extracted(image: pypdfium2.PdfImage) -> Picture:
    """The picture as it is stored, if browsers show that format, else as PNG."""
    buffer = io.BytesIO()
    try:
        image.extract(buffer, fb_format="png")
    except (RuntimeError, ValueError, OSError):
        try:
            return _png(image.get_bitmap().to_pil())
        except (pypdfium2.PdfiumError, ValueError, OSError):
            raise FileProblemError("it is damaged") from None
    return _checked(buffer.getvalue(), None)


def _checked(data: bytes, limits: Limits | None) -> Picture:
    Image.MAX_IMAGE_PIXELS = None  # our own limit is below
    try:
        with Image.open(io.BytesIO(data)) as image:
            width, height = image.size
            if limits and width * height > limits.max_pixels:
                raise FileProblemError(f"it has more than the {limits.max_pixels:,} pixels allowed")
            if image.format in SERVED and image.mode != "CMYK":
                return Picture.of(SERVED[image.format], width, height, data)
            return _png(image.convert("RGB"))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise FileProblemError("it is not a picture that can be shown") from None


def _png(image: Image.Image) -> Picture:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return Picture.of("image/png", image.width, image.height, buffer.getvalue())
