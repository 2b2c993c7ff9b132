"""The files in an EPUB, found by the names that its documents use for them. Nothing is unpacked to disk."""

from __future__ import annotations

import contextlib
import posixpath
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from urllib.parse import unquote, urlsplit

from bookreader.document import FileProblemError

MOST_ENTRIES = 10_000
MOST_BYTES = 268_435_456
CONTAINER = "META-INF/container.xml"
_NO_EPUB = "it is an archive but not an EPUB; PDF, EPUB, HTML, Markdown and text can be read"


class ItemProblemError(Exception):
    """One file of the archive cannot be read; `code` is that of the warning for it."""

    def __init__(self, code: str, name: str) -> None:
        super().__init__(name)
        self.code = code
        self.name = name[:100]


class Archive:
    """The files in an EPUB, within a budget of unpacked bytes, so that a bomb is noticed while it unpacks.

    Names are compared without case, in one Unicode form, and relative to the folder that holds META-INF.
    """

    def __init__(self, path: Path) -> None:
        """Open the archive.

        Raises:
            FileProblemError: it is damaged, has too many files, or is not an EPUB.
        """
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeDecodeError):
            raise FileProblemError("the EPUB is damaged: it is not a whole ZIP archive") from None
        infos = [info for info in self._zip.infolist() if not info.is_dir()]
        if len(infos) > MOST_ENTRIES:
            raise FileProblemError(f"the EPUB holds more than {MOST_ENTRIES:,} files")
        self._left = MOST_BYTES
        found = {key(name): info for info in infos for name in _spellings(info)}
        containers = [name for name in found if f"/{name}".endswith(f"/{key(CONTAINER)}")]
        if not containers and not any(name.endswith(".opf") for name in found):
            raise FileProblemError(_NO_EPUB)
        root = min(containers, key=len).removesuffix(key(CONTAINER)) if containers else ""
        self._infos = {name.removeprefix(root): info for name, info in found.items()}

    def __contains__(self, name: str) -> bool:
        return key(name) in self._infos

    def ending(self, *endings: str) -> list[str]:
        """The names, in order and in lower case, that end like this."""
        return sorted(name for name in self._infos if name.endswith(endings))

    @contextlib.contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """One file, unpacked as it is read: what is not read costs nothing.

        Raises:
            ItemProblemError: it is missing, damaged or encrypted; also while it is read.
        """
        info = self._infos.get(key(name))
        if info is None:
            raise ItemProblemError("file_missing", name)
        try:
            with self._zip.open(info) as file:
                yield file
        except RuntimeError:
            raise ItemProblemError("file_encrypted", name) from None
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError):
            raise ItemProblemError("file_damaged", name) from None

    def read(self, name: str) -> bytes:
        """The bytes of one file.

        Raises:
            ItemProblemError: as `open`.
            FileProblemError: it unpacks to more than is left of the budget.
        """
        with self.open(name) as file:
            data = file.read(self._left + 1)
        self._left -= len(data)
        if self._left < 0:
            raise FileProblemError(f"the EPUB unpacks to more than {MOST_BYTES >> 20} MiB")
        return data


def resolve(document: str, reference: str) -> str:
    """The path in the archive, anchor kept, that a URL in a document names; empty for one outside of the archive.

    As in browsers, `/` is the root of the archive, and `..` leads no further than that.
    """
    try:
        url = urlsplit(reference.strip())
    except ValueError:
        return ""
    if url.scheme or url.netloc:
        return ""
    path = unquote(url.path).replace("\\", "/")
    joined = (
        posixpath.normpath(posixpath.join("/", posixpath.dirname(document), path)).lstrip("/") if path else document
    )
    return f"{joined}#{unquote(url.fragment)}" if url.fragment else joined


def key(name: str) -> str:
    """What two names of one file have in common: neither case nor the form of Unicode matters."""
    return unicodedata.normalize("NFC", name).casefold()


def _spellings(info: zipfile.ZipInfo) -> list[str]:
    """The file's name, also without percent-encoding, and as UTF-8 where the archive does not say that it is."""
    name = info.filename.replace("\\", "/").lstrip("/")
    if name.startswith("__MACOSX/"):
        return []
    try:
        return [name, unquote(name), name.encode("cp437").decode()]
    except UnicodeError:
        return [name, unquote(name)]
