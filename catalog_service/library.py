"""The library: the database, the files and the parser together. The core of the service."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, replace
from pathlib import Path, PurePosixPath
from typing import IO, Any, Self

from peewee import Database, PeeweeException

from bookreader import document
from bookreader.document import Document, FileProblemError, PageRead, Picture, Progress
from bookreader.limits import Limits
from bookreader.pages import paginate
from bookreader.parser import Parser, last
from bookreader.plain import tidy
from bookreader.turns import Client, ClientGoneError, ParserBusyError
from catalog_service.books import Books, PageFound, to_json
from catalog_service.config import Settings
from catalog_service.database import FULL, prepare, storage_problems
from catalog_service.files import FileStore, Upload
from catalog_service.jobs import results
from catalog_service.jobs.tables import MODELS as JOB_MODELS
from catalog_service.pictures import Pictures, StoredPicture
from catalog_service.receipts import Answer, Receipts, RequestKey, Ticket, fingerprint
from servicekit import logs
from servicekit.abort import Aborted
from servicekit.problems import Busy, InvalidInput, NotFound, ProblemError, StorageFull

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
log = logs.get_logger(__name__)
UNKNOWN_AUTHOR = "Unknown"
PICTURE_NICE, PICTURE_WALL_S = 5, 30.0
MAX_WAITING = 4096  # pictures; the service's threads are fewer


class Library:
    """Everything the routes need. Any thread may call it."""

    def __init__(self, settings: Settings, db: Database) -> None:
        self._settings = settings
        self.db = db
        self.books = Books(db)
        db.bind(JOB_MODELS)
        self.receipts = Receipts(db, settings.receipt_hours)
        self.files = FileStore(settings.folder)
        self.audio = FileStore(settings.folder / "audio")
        self.pending = FileStore(settings.folder / "pending")
        self.deleted = threading.Event()  # for the housekeeping: there is something to erase
        limits = Limits(
            memory_mb=settings.parse_memory_mb,
            cpu_s=settings.parse_cpu_s,
            max_pages=settings.max_pages,
            max_text_chars=settings.max_text_chars,
            page_chars=settings.page_chars,
            max_pixels=settings.max_pixels,
        )
        self._parser = Parser(
            limits, wall_s=settings.parse_wall_s, parallel=settings.parsers, queue=settings.parse_queue
        )
        drawing = Parser(
            replace(limits, nice=PICTURE_NICE),
            wall_s=PICTURE_WALL_S,
            parallel=settings.picture_parsers,
            queue=MAX_WAITING,
        )
        self._pictures = Pictures(settings.folder / "pictures", drawing, settings.picture_cache_mb << 20)

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """Open the library of the settings, checked and with its tables up to date."""
        with storage_problems():
            library = cls(settings, prepare(settings))
            library.files.sweep()
            return library

    def close(self) -> None:
        """Close this thread's connection."""
        if not self.db.is_closed():
            self.db.close()

    def problem(self) -> str | None:
        """Why the library cannot serve; None if it can."""
        try:
            self.books.listed(1, 1)
        except PeeweeException:
            return "the database cannot be read"
        return None

    def create(self, values: dict[str, Any], text: str | None = None, key: RequestKey | None = None) -> Answer:
        """Store a book made of metadata and, maybe, a text.

        Args:
            key: an `Idempotency-Key`: the same key and values give the same answer, and one book.
        """
        ticket = Ticket(key, fingerprint("create", values, text)) if key else None
        pages, chapters = self._cut(text) if text else ([], [])
        with storage_problems(), self.once(ticket) as made:
            return made or self._add(values, pages, chapters, ticket)

    def _cut(self, text: str) -> tuple[list[PageRead], list[document.Chapter]]:
        try:
            found = list(paginate(tidy(text), self._parser.limits))
        except FileProblemError as problem:
            raise InvalidInput(
                f"The text cannot be stored: {problem}.", errors=[{"field": "text", "message": str(problem)}]
            ) from None
        pages = [one for one in found if isinstance(one, PageRead)]
        return pages, [one for one in found if isinstance(one, document.Chapter)]

    def import_file(
        self,
        stream: IO[bytes],
        name: str,
        said: dict[str, Any],
        key: RequestKey | None = None,
        client: Client | None = None,
    ) -> Answer:
        """Store a book made of a file. As `importing`, without its steps."""
        return last(self.importing(stream, name, said, key, client))

    def importing(
        self,
        stream: IO[bytes],
        name: str,
        said: dict[str, Any],
        key: RequestKey | None = None,
        client: Client | None = None,
    ) -> Iterator[Progress | Answer]:
        """Store a book made of a file, or find the one that was made of the same bytes before (status 200).

        Tells how far it is, after each page, and in the end the answer. If it is closed before that, nothing is stored.

        Args:
            said: what its sender says of it; the rest comes from the file.
            key: as in `create`.
            client: who waits for it.

        Raises:
            InvalidInput, Busy: as the parser does.
            Aborted: the client has gone; nothing was stored.
            StorageFull: there is no space; nothing was stored.
        """
        name = safe_name(name)
        self.check_space()
        with storage_problems(), self.files.receive(stream) as upload:
            ticket = Ticket(key, fingerprint("import", upload.sha256, name, said)) if key else None
            with self.once(ticket) as made:
                if made := made or self.known(upload.sha256, ticket):
                    yield made
                else:
                    yield from self.reading(upload, name, said, ticket, client)

    def reading(
        self,
        upload: Upload,
        name: str,
        said: dict[str, Any],
        ticket: Ticket | None,
        client: Client | None,
        then: Callable[[Answer], None] = lambda _answer: None,
    ) -> Iterator[Progress | Answer]:
        """Read a file and store its book, and what `then` stores, in one transaction. Otherwise as `importing`."""
        self.close()  # the connection is not held while the file waits for its turn
        with storage_problems(), parse_problems(refusal):
            for step in self._parser.reading(upload.path, name, client):
                yield self._keep(step, upload, name, said, ticket, then) if isinstance(step, Document) else step

    def _keep(
        self,
        read: Document,
        upload: Upload,
        name: str,
        said: dict[str, Any],
        ticket: Ticket | None,
        then: Callable[[Answer], None],
    ) -> Answer:
        values = {**_values(read, name, said), "file_sha256": upload.sha256, "file_bytes": upload.size}
        with self.files.lock():
            # Once more: while this one was read, another may have brought the same bytes.
            known = self.known(upload.sha256, ticket, then)
            if known is not None:
                return known
            try:
                self.files.keep(upload)
                return self._add(values, read.pages, read.chapters, ticket, then)
            except BaseException:
                self.files.remove(upload.sha256)
                raise

    @contextmanager
    def once(self, ticket: Ticket | None) -> Iterator[Answer | None]:
        """Hold a ticket's key; what its request was answered before, if it was."""
        if ticket is None:
            yield None
            return
        with self.receipts.claim(ticket.key):
            yield self.receipts.find(ticket)

    def _add(
        self,
        values: dict[str, Any],
        pages: list[PageRead],
        chapters: list[document.Chapter],
        ticket: Ticket | None,
        then: Callable[[Answer], None] = lambda _answer: None,
    ) -> Answer:
        made: list[Answer] = []

        def answer(book_id: int) -> None:
            made.append(self._answer(book_id, 201, ticket))
            then(made[0])

        self.books.add(values, pages, chapters, then=answer)
        return made[0]

    def known(
        self, sha256: str, ticket: Ticket | None, then: Callable[[Answer], None] = lambda _answer: None
    ) -> Answer | None:
        """The answer with the book that the same bytes made before, if they did."""
        book_id = self.books.by_file(sha256)
        if book_id is None:
            return None
        with self.db.atomic():
            answer = self._answer(book_id, 200, ticket)
            then(answer)
        return answer

    def _answer(self, book_id: int, status: int, ticket: Ticket | None) -> Answer:
        answer = Answer(status, book_id, to_json(self.books.get(book_id)).decode())
        if ticket:
            self.receipts.write(ticket, answer)
        return answer

    def check_space(self) -> None:
        """Whether there is space for another file.

        Raises:
            StorageFull: there is not.
        """
        if self.files.free_bytes() < self._settings.min_free_mb << 20:
            raise StorageFull(FULL)

    def extract(self, stream: IO[bytes], name: str, client: Client | None = None) -> Document:
        """Read a file as an import would, and store nothing."""
        self.check_space()
        with storage_problems(), self.files.receive(stream) as upload, parse_problems(refusal):
            return self._parser.read(upload.path, safe_name(name), client)

    def change(self, book_id: int, values: dict[str, Any], expected: str | None = None) -> dict[str, Any]:
        """Change some metadata and return the book. Raises as `Books.change` does."""
        with storage_problems():
            return self.books.change(book_id, values, expected)

    def delete(self, book_id: int, expected: str | None = None) -> None:
        """Delete a book, its pages, its file and all that jobs made of it. Raises as `Books.delete` does."""
        with storage_problems(), self.files.lock(), self.audio.lock():
            with self.db.atomic():
                made = results.of_book(book_id)
                sha256 = self.books.delete(book_id, expected)
                made.forget_parts()
                self.receipts.forget(book_id)
            if sha256:
                self.files.remove(sha256)
                self._pictures.forget(sha256)
            made.remove_audio(self.audio)
        self.deleted.set()

    def original(self, book_id: int) -> tuple[Path, str]:
        """The file that a book came from, and its SHA-256.

        Raises:
            NotFound: there is no such book, or it came from no file.
        """
        sha256 = self.books.file(book_id)
        if sha256 is None:
            raise NotFound(f"Book {book_id} was not imported from a file.")
        return self.files.path(sha256), sha256

    def page_image(self, book_id: int, number: int, width: int, client: Client) -> StoredPicture:
        """A page of a PDF as a picture.

        Raises:
            NotFound: there is no such page, or the book is no PDF.
        """
        if self.books.page(book_id, number).format != "pdf":
            raise NotFound(f"Book {book_id} is no PDF: only pages of a PDF have a picture.")
        return self._picture(book_id, "page_image", f"page-{number}-{width}", client, page=number, width=width)

    def images(self, book_id: int, number: int, client: Client) -> list[Picture]:
        """The pictures on a page, their bytes left out.

        Raises:
            NotFound: there is no such page.
        """
        page = self.books.page(book_id, number)
        task = _embedded(page)
        if task is None:
            return []
        path, _ = self.original(book_id)
        with picture_problems():
            return self._pictures.listed(task[0], path, f"images-{number}", client, **task[1])

    def image(self, book_id: int, number: int, image: int, client: Client) -> StoredPicture:
        """One picture on a page, from 1.

        Raises:
            NotFound: there is no such page or picture.
        """
        task = _embedded(self.books.page(book_id, number))
        if task is None:
            raise NotFound(f"Page {number} of book {book_id} has no such picture.")
        return self._picture(book_id, task[0], f"image-{number}-{image}", client, **task[1], number=image)

    def cover(self, book_id: int, client: Client) -> StoredPicture:
        """The cover of a book.

        Raises:
            NotFound: there is no such book, or it has no cover.
        """
        book = self.books.get(book_id)
        if book["format"] not in ("pdf", "epub"):
            raise NotFound(f"Book {book_id} has no cover: only PDF and EPUB have one.")
        return self._picture(book_id, "cover", "cover", client, kind=book["format"])

    def _picture(self, book_id: int, task: str, name: str, client: Client, **details: object) -> StoredPicture:
        path, _ = self.original(book_id)
        with picture_problems():
            return self._pictures.get(task, path, name, client, **details)


def _embedded(page: PageFound) -> tuple[str, dict[str, object]] | None:
    """The task that finds the pictures on a page, and its details; None if it has none."""
    if page.format == "pdf":
        return "embedded_images", {"page": page.number}
    return ("epub_images", {"names": list(page.images)}) if page.images else None


def picture_problems() -> AbstractContextManager[None]:
    """Turn what the parser raises into problems, as `parse_problems`: a picture that cannot be made is none."""
    return parse_problems(lambda reason: NotFound(f"There is no such picture: {reason}."))


@contextmanager
def parse_problems(refused: Callable[[str], ProblemError]) -> Iterator[None]:
    """Turn what the parser raises into problems for the client; `refused` makes one of a reason."""
    try:
        yield
    except ParserBusyError as error:
        raise Busy(str(error), retry_after_s=10) from None
    except ClientGoneError:
        raise Aborted from None
    except FileProblemError as error:
        log.info("file_refused", reason=str(error))
        raise refused(str(error)) from None


def refusal(reason: str) -> InvalidInput:
    """The problem of a file that cannot be read."""
    return InvalidInput(
        f"The file cannot be imported: {reason}. Nothing was stored.", errors=[{"field": "file", "message": reason}]
    )


def safe_name(name: str) -> str:
    """The last part of a file name as its sender wrote it, fit to store and show."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return _UNPRINTABLE.sub("", last)[-200:].strip() or "file"


def _values(read: Document, name: str, said: dict[str, Any]) -> dict[str, Any]:
    metadata = read.metadata
    stem = re.sub(r"[-_\s]+", " ", PurePosixPath(name).stem).strip()
    found = {
        **asdict(metadata),
        "title": metadata.title or stem or name,
        "author": metadata.author or UNKNOWN_AUTHOR,
        "authors": list(metadata.authors) or [UNKNOWN_AUTHOR],
        "contributors": [one._asdict() for one in metadata.contributors],
        "subjects": list(metadata.subjects),
        "warnings": [asdict(warning) for warning in read.warnings],
    }
    given = {key: value for key, value in said.items() if value is not None}
    if "author" in given:
        found["authors"] = [given["author"]]
    return {**found, **given, "source": name, "format": metadata.format}
