"""Kills a catalog with SIGKILL while it writes, again and again, and looks for what was acknowledged."""

from __future__ import annotations

import json
import random
import threading
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path

from benchmarks.catalog_corpus import prose
from benchmarks.catalog_process import Service, call, running_catalog, send_file
from catalog_service.audit import audit
from catalog_service.config import Settings
from catalog_service.library import Library
from servicekit.problems import NotFound

WRITERS = 3


@dataclass
class Ledger:
    """What was acknowledged: the title that each book must have, and the books that must be gone."""

    titles: dict[int, str] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class Outcome:
    """What the kills did."""

    kills: int
    acknowledged: int
    lost: int
    half_books: int


def run(data: Path, kills: int, seed: int = 0) -> Outcome:
    """Kill a catalog `kills` times and compare what it keeps with the ledger after each restart."""
    dice, ledger, lost, acknowledged = random.Random(seed), Ledger(), 0, 0
    for number in range(kills):
        with running_catalog(data) as service:
            lost += _missing(service, ledger)
            done = [_Writer(service, ledger, seed=number * WRITERS + one) for one in range(WRITERS)]
            for writer in done:
                writer.start()
            threading.Event().wait(dice.uniform(0.02, 0.35))
            service.kill()
            for writer in done:
                writer.join()
        acknowledged += sum(writer.acknowledged for writer in done)
    library = Library.open(Settings(data_dir=data))
    lost += sum(_differs(library, book_id, title) for book_id, title in ledger.titles.items())
    half = [line for line in audit(library) if "belongs to no book" not in line]
    library.close()
    return Outcome(kills, acknowledged, lost, len(half))


class _Writer(threading.Thread):
    """Makes, changes, imports and deletes books until the connection breaks."""

    def __init__(self, service: Service, ledger: Ledger, seed: int) -> None:
        super().__init__()
        self._service, self._ledger, self._dice = service, ledger, random.Random(seed)
        self._own: list[int] = []
        self.acknowledged = 0

    def run(self) -> None:
        while self._write(self._dice.random()):
            self.acknowledged += 1

    def _write(self, kind: float) -> bool:
        title = f"Volume {self._dice.getrandbits(60)}"
        if kind < 0.5 or not self._own:
            return self._make("/books/", title)
        if kind < 0.7:
            return self._make("/books/import", title)
        if kind < 0.9:
            return self._change(self._dice.choice(self._own), title)
        return self._remove(self._own.pop())

    def _make(self, path: str, title: str) -> bool:
        text = f"{title}. {prose(self._dice.getrandbits(30), 60)}"
        if path == "/books/":
            status, body = self._call("POST", path, {"title": title, "author": "A", "text": text})
        else:
            status, body = _quiet(send_file, self._service.address + path, f"{title}.txt", text.encode())
        if status == 201:
            book = json.loads(body)
            self._ledger.titles[book["id"]] = book["title"]
            self._own.append(book["id"])
        return status == 201

    def _change(self, book_id: int, title: str) -> bool:
        status, _ = self._call("PATCH", f"/books/{book_id}", {"title": title})
        if status == 200:
            self._ledger.titles[book_id] = title
        else:
            self._ledger.titles.pop(book_id)
        return status == 200

    def _remove(self, book_id: int) -> bool:
        self._ledger.titles.pop(book_id)
        status, _ = self._call("DELETE", f"/books/{book_id}")
        if status == 204:
            self._ledger.gone.add(book_id)
        return status == 204

    def _call(self, method: str, path: str, body: object = None) -> tuple[int, bytes]:
        return _quiet(call, method, self._service.address + path, body)


def _quiet(make, *arguments):  # type: ignore[no-untyped-def]
    """A call that the kill cut off is one that was not acknowledged."""
    try:
        return make(*arguments)
    except HTTPException:
        return 0, b""


def _missing(service: Service, ledger: Ledger) -> int:
    """How many of the last acknowledged writes are not there."""
    lost = 0
    for book_id, title in list(ledger.titles.items())[-60:]:
        status, body = call("GET", f"{service.address}/books/{book_id}")
        lost += status != 200 or json.loads(body)["title"] != title
    return lost + sum(call("GET", f"{service.address}/books/{one}")[0] != 404 for one in sorted(ledger.gone)[-10:])


def _differs(library: Library, book_id: int, title: str) -> bool:
    try:
        return bool(library.books.get(book_id)["title"] != title)
    except NotFound:
        return True
