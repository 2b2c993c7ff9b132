"""Imports that their clients do not wait for: stored before they are acknowledged, read in the background.

queued ──► running ──► succeeded
  ▲  │        │ │
  │  └────────┼─┴────► failed, cancelled
  └───────────┘  (there was no turn or no space; a process that was killed loses its lease)

The file is in `pending/` from before the acknowledgement until after the book is stored, which is one transaction with
the end of the import. What was begun by a process that was killed is begun anew when the lease has run out.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import IO, Any

from peewee import IntegrityError, fn

from bookreader.document import Progress
from bookreader.turns import Client
from catalog_service.database import explain, storage_problems
from catalog_service.files import Upload
from catalog_service.library import Library, safe_name
from catalog_service.receipts import Answer, RequestKey, Ticket, fingerprint, in_flight, other_request
from catalog_service.tables import Import
from servicekit import logs
from servicekit.abort import Aborted
from servicekit.problems import Busy, Conflict, InternalError, NotFound, ProblemError, StorageFull

LEASE_S = 30.0
MOST_ATTEMPTS = 3
KEPT_S = 7 * 86_400.0  # what has ended is shown so long
_LOOK_S = 0.5  # between two looks at whether an import is still wanted
_IDLE_S = 5.0  # between two looks at what other processes left, if nothing comes in
_TIDY_S = 3600.0
_LATER_S = 30.0  # after which a file for which there was no space is tried again
_UNFINISHED = ("queued", "running")
_ISO = "%Y-%m-%dT%H:%M:%S.%fZ"
_SHOWN = (
    "id",
    "state",
    "source",
    "pages_done",
    "pages_total",
    "attempts",
    "book_id",
    "created_at",
    "started_at",
    "finished_at",
)
log = logs.get_logger(__name__)


class Imports:
    """The imports of one library, up to `most` of them unfinished at a time. Any thread may call it."""

    def __init__(self, library: Library, most: int) -> None:
        self._library = library
        self._db = library.db
        self._db.bind([Import])
        self._most = most
        self._files = library.pending
        self._news = threading.Condition()
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []

    def submit(
        self, stream: IO[bytes], name: str, said: dict[str, Any], caller: str, key: RequestKey | None = None
    ) -> dict[str, Any]:
        """Take a file in: the import that will read it, or one that has succeeded if its book is there already.

        When this returns, the file and the import are on the disk.

        Raises:
            Busy: too many files wait.
            StorageFull: there is no space; nothing was stored.
            InvalidInput: the key came before with another request.
            Gone: what the key made has been deleted.
        """
        name = safe_name(name)
        self._library.check_space()
        with storage_problems(), self._library.files.receive(stream) as upload:
            request = fingerprint("import", upload.sha256, name, said)
            ticket = Ticket(key, request) if key else None
            with self._library.once(ticket) as made:
                if ticket and (row := self._of_key(ticket.key)):
                    if row.fingerprint != request:
                        raise other_request()
                    return shown(row)
                values = {
                    "id": uuid.uuid4().hex,
                    "caller": caller,
                    "key": key.key if key else None,
                    "fingerprint": request,
                    "source": name,
                    "said": json.dumps(said),
                    "bytes": upload.size,
                    "created_at": _now(),
                }
                if made := made or self._library.known(upload.sha256, ticket):
                    values |= {"state": "succeeded", "book_id": made.book_id, "finished_at": values["created_at"]}
                    Import.insert(values).execute()
                else:
                    self._add(upload, values)
        return self.get(str(values["id"]))

    def _add(self, upload: Upload, values: dict[str, Any]) -> None:
        caller = values["caller"]
        waiting = Import.select().where(Import.state.in_(_UNFINISHED))
        if waiting.count() >= self._most or waiting.where(Import.caller == caller).count() >= self._most * 3 // 4:
            raise Busy("Too many files wait to be imported. Send this one again later.", retry_after_s=30)
        try:
            with self._files.lock():
                self._files.keep(upload)
                Import.insert({**values, "sha256": upload.sha256, "state": "queued"}).execute()
        except IntegrityError:
            raise in_flight() from None
        with self._news:
            self._news.notify()

    def get(self, import_id: str) -> dict[str, Any]:
        """An import as clients see it.

        Raises:
            NotFound: there is none.
        """
        row = Import.get_or_none(Import.id == import_id)
        if row is None:
            raise NotFound(f"There is no import {import_id[:64]}. What ended a week ago is forgotten.")
        return shown(row)

    def listed(self, page: int, per_page: int) -> tuple[list[dict[str, Any]], int]:
        """The newest imports first, one page of them, and how many there are."""
        rows = Import.select().order_by(Import.created_at.desc(), Import.id).paginate(page, per_page)
        return [shown(row) for row in rows], int(Import.select().count())

    def cancel(self, import_id: str) -> dict[str, Any]:
        """End an import, and forget its file. To cancel it twice is no error.

        Raises:
            NotFound: there is none.
            Conflict: it has ended otherwise.
        """
        ended = _ended(Import.id == import_id, "cancelled")
        found = self.get(import_id)
        if not ended and found["state"] != "cancelled":
            raise Conflict(f"The import has {found['state']} already; there is nothing left to cancel.")
        self._drop_files()
        return found

    def pending(self, key: RequestKey) -> bool:
        """Whether an unfinished import holds the key."""
        row = self._of_key(key)
        return row is not None and row.state in _UNFINISHED

    def tidy(self) -> None:
        """Forget imports that ended long ago, and files that no import needs any more."""
        before = datetime.fromtimestamp(time.time() - KEPT_S, UTC).strftime(_ISO)
        Import.delete().where(Import.state.not_in(_UNFINISHED) & (Import.finished_at < before)).execute()
        self._drop_files()

    def _drop_files(self) -> None:
        """Remove the files that no import needs any more: two may need the same."""
        with self._files.lock():
            needed = {row.sha256 for row in Import.select(Import.sha256).where(Import.sha256.is_null(False))}
            for sha256 in set(self._files.all()) - needed:
                self._files.remove(sha256)

    def start(self, threads: int) -> None:
        """Read what is there and what comes, by so many threads that end with the process, or by `stop`."""
        for number in range(threads):
            name = f"importer-{number}"
            self._threads.append(threading.Thread(target=self._run, args=(name,), name=name, daemon=True))
            self._threads[-1].start()

    def stop(self) -> None:
        """End the threads when each has read the file that it reads now."""
        self._stopped.set()
        with self._news:
            self._news.notify_all()
        for thread in self._threads:
            thread.join()

    def _run(self, name: str) -> None:
        owner = f"{name}-{uuid.uuid4().hex}"
        tidied = time.monotonic()
        while not self._stopped.is_set():
            worked = False
            try:
                worked = self.work(owner)
                if time.monotonic() - tidied > _TIDY_S:
                    tidied = time.monotonic()
                    self.tidy()
            except Exception as error:  # the thread must live: the next import may be a sound one
                explain(self._db, error)
                log.error("importer_failed", exc_info=error)
            self._library.close()
            with self._news:
                if not worked and not self._stopped.is_set():
                    self._news.wait(_IDLE_S)

    def work(self, owner: str) -> bool:
        """Read the next file to its end; False if none waits."""
        row = self._claim(owner)
        if row is None:
            return False
        lease = _Lease(row.id, owner)
        try:
            self._read(row, lease)
        except (Aborted, LeaseLostError):
            return True  # it was cancelled, or another process has it
        except (Busy, StorageFull) as problem:
            log.info("import_deferred", reason=problem.detail)
            lease.give_back(_LATER_S if isinstance(problem, StorageFull) else 1.0)
            return False
        except ProblemError as problem:
            self._fail(lease, problem)
        except Exception as error:
            log.error("import_failed", exc_info=error)
            self._fail(lease, explain(self._db, error) or InternalError("An unexpected error. Nothing was stored."))
        self._drop_files()
        return True

    def _claim(self, owner: str) -> Import | None:
        """Lease the next import: of the caller with the fewest being read, the oldest."""
        now = time.time()
        free = Import.state.in_(_UNFINISHED) & (Import.lease_until.is_null() | (Import.lease_until < now))
        other = Import.alias()
        busy = other.select(fn.COUNT(other.id)).where((other.state == "running") & (other.caller == Import.caller))
        row: Import | None = Import.select().where(free).order_by(busy, Import.created_at, Import.id).first()
        if row is None:
            return None
        if row.attempts >= MOST_ATTEMPTS:
            text = f"Reading it was begun {row.attempts} times, and each time the service ended. Nothing was stored."
            problem = InternalError(text)
            _ended((Import.id == row.id) & free, "failed", problem=problem.to_model().model_dump_json())
            self._drop_files()
            return self._claim(owner)
        taken = Import.update(
            state="running",
            attempts=Import.attempts + 1,
            lease_owner=owner,
            lease_until=now + LEASE_S,
            started_at=fn.COALESCE(Import.started_at, _now()),
        ).where((Import.id == row.id) & (Import.attempts == row.attempts) & free)
        return row if taken.execute() else self._claim(owner)

    def _read(self, row: Import, lease: _Lease) -> None:
        key = RequestKey(row.caller, row.key) if row.key else None
        ticket = Ticket(key, row.fingerprint) if key else None

        def finish(answer: Answer) -> None:
            if not lease.end("succeeded", book_id=answer.book_id):
                raise LeaseLostError

        with self._upload(row) as upload:
            client = Client(row.caller, gone=lease.lost)
            for step in self._library.reading(upload, row.source, json.loads(row.said), ticket, client, finish):
                if isinstance(step, Progress):
                    lease.note(step)

    @contextlib.contextmanager
    def _upload(self, row: Import) -> Iterator[Upload]:
        """The file under a second name: when its book is stored it is moved, and the first one stays until then."""
        path = self._library.files.incoming / f"import-{uuid.uuid4().hex}"
        sha256 = str(row.sha256)
        os.link(self._files.path(sha256), path)
        try:
            yield Upload(path, sha256, row.bytes)
        finally:
            path.unlink(missing_ok=True)

    def _fail(self, lease: _Lease, problem: ProblemError) -> None:
        log.info("import_refused", reason=problem.detail)
        lease.end("failed", problem=problem.to_model().model_dump_json())

    def _of_key(self, key: RequestKey) -> Import | None:
        """The import that this key began; one that made nothing does not use its key up."""
        same = (Import.caller == key.caller) & (Import.key == key.key) & Import.state.in_((*_UNFINISHED, "succeeded"))
        found: Import | None = Import.select().where(same).order_by(Import.created_at.desc()).first()
        return found


class LeaseLostError(Exception):
    """Another process reads the file, or it was cancelled."""


class _Lease:
    """An import that this thread reads."""

    def __init__(self, import_id: str, owner: str) -> None:
        self._mine = (Import.id == import_id) & (Import.lease_owner == owner) & (Import.state == "running")
        self._looked = time.monotonic()
        self._progress: dict[str, Any] = {}

    def note(self, step: Progress) -> None:
        """Note how far the reading is; it is stored when the lease is renewed."""
        self._progress = {"pages_done": step.pages_done, "pages_total": step.pages_total}

    def lost(self) -> bool:
        """Whether to stop; renews the lease, if that was not done just now."""
        if time.monotonic() - self._looked < _LOOK_S:
            return False
        self._looked = time.monotonic()
        return not self.change(lease_until=time.time() + LEASE_S, **self._progress)

    def change(self, **values: Any) -> int:
        """Change the import; 0 if it is not this thread's any more."""
        return int(Import.update(**values).where(self._mine).execute())

    def give_back(self, delay_s: float) -> None:
        """Let it be begun again after so many seconds, as if it had not been begun."""
        later = time.time() + delay_s
        self.change(state="queued", attempts=Import.attempts - 1, lease_owner=None, lease_until=later)

    def end(self, state: str, **values: Any) -> int:
        """End the import. As `change`."""
        return _ended(self._mine, state, **{**self._progress, **values})


def _ended(which: Any, state: str, **values: Any) -> int:
    """End an unfinished import, which then needs its file no more; 0 if there is no such one."""
    ended = {"state": state, "sha256": None, "lease_owner": None, "lease_until": None, "finished_at": _now()}
    return int(Import.update(**{**ended, **values}).where(which & Import.state.in_(_UNFINISHED)).execute())


def shown(row: Import) -> dict[str, Any]:
    """An import as clients see it."""
    return {
        **{name: getattr(row, name) for name in _SHOWN},
        "book": f"/books/{row.book_id}" if row.book_id else None,
        "problem": json.loads(row.problem) if row.problem else None,
    }


def _now() -> str:
    return datetime.now(UTC).strftime(_ISO)
