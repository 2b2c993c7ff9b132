"""The library: the database, the files and the parser together. The core of the service."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import IO, Any, Self

from peewee import Database, IntegrityError, PeeweeException

from catalog_service.books import Books
from catalog_service.config import Settings
from catalog_service.database import migrate, open_database, storage_problems
from catalog_service.files import FileStore, Upload
from catalog_service.reading.document import Document, PageRead
from catalog_service.reading.pages import cut
from catalog_service.reading.parser import Parser
from servicekit.problems import InvalidInput

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
UNKNOWN_AUTHOR = "Unknown"


class Library:
    """Everything the routes need. Any thread may call it."""

    def __init__(self, settings: Settings, db: Database) -> None:
        self._settings = settings
        self.db = db
        self.books = Books(db)
        self.files = FileStore(settings.folder)
        self._parser = Parser(settings)

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """Open the library of the settings and bring its tables up to date."""
        db = open_database(settings)
        with storage_problems():
            migrate(db)
        return cls(settings, db)

    def close(self) -> None:
        """Close this thread's connection."""
        if not self.db.is_closed():
            self.db.close()

    def create(self, values: dict[str, Any], text: str | None = None) -> int:
        """Store a book made of particulars and, maybe, a text."""
        pages = [PageRead(page) for page in cut(text, self._settings.page_chars)] if text else []
        if len(pages) > self._settings.max_pages:
            raise InvalidInput(f"The text makes {len(pages):,} pages; a book may have {self._settings.max_pages:,}.")
        with storage_problems():
            return self.books.add(values, pages)

    def import_file(self, stream: IO[bytes], name: str, said: dict[str, Any]) -> tuple[int, bool]:
        """Store a book made of a file; return its id, and whether it is new.

        `said` holds what its sender says of it; the rest comes from the file. The same bytes give the same book.

        Raises:
            InvalidInput, Busy: as the parser does.
            StorageFull: there is no space; nothing was stored.
        """
        name = safe_name(name)
        with storage_problems(), self.files.receive(stream) as upload:
            known = self.books.by_file(upload.sha256)
            if known is not None:
                return known, False
            document = self._parser.read(upload.path, name)
            return self._store(upload, document, _values(document, name, said))

    def _store(self, upload: Upload, document: Document, values: dict[str, Any]) -> tuple[int, bool]:
        with self.files.lock():
            self.files.keep(upload)
            try:
                return self.books.add(
                    {**values, "file_sha256": upload.sha256, "file_bytes": upload.size}, document.pages
                ), True
            except IntegrityError:
                known = self.books.by_file(upload.sha256)
                if known is None:
                    raise
                return known, False
            except BaseException:
                self.files.remove(upload.sha256)
                raise

    def extract(self, stream: IO[bytes], name: str) -> Document:
        """Read a file as an import would, and store nothing."""
        with storage_problems(), self.files.receive(stream) as upload:
            return self._parser.read(upload.path, safe_name(name))

    def change(self, book_id: int, values: dict[str, Any]) -> dict[str, Any]:
        """Change some particulars and return the book."""
        with storage_problems():
            return self.books.change(book_id, values)

    def problem(self) -> str | None:
        """Why the library cannot serve; None if it can."""
        try:
            self.books.list(1, 1)
        except PeeweeException:
            return "the database cannot be read"
        return None

    def delete(self, book_id: int) -> None:
        """Delete a book, its pages and its file."""
        with storage_problems(), self.files.lock():
            sha256 = self.books.delete(book_id)
            if sha256:
                self.files.remove(sha256)


def safe_name(name: str) -> str:
    """The last part of a file name as its sender wrote it, fit to store and show."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return _UNPRINTABLE.sub("", last)[-200:].strip() or "file"


def _values(document: Document, name: str, said: dict[str, Any]) -> dict[str, Any]:
    about = document.about
    found = {
        "title": about.title or PurePosixPath(name).stem.replace("-", " ").replace("_", " ").strip().title() or name,
        "author": about.author or UNKNOWN_AUTHOR,
        "language": about.language,
        "publication_date": about.publication_date,
    }
    return {
        **found,
        **{key: value for key, value in said.items() if value is not None},
        "source": name,
        "format": about.format,
    }
