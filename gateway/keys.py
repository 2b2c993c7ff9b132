"""API keys: created by `python -m gateway keys`, stored as hashes in one file, reloaded when the file changes.

A key has 256 random bits, so that its SHA-256 is safe to store: a slow hash only protects what can be guessed.
"""

from __future__ import annotations

import contextlib
import datetime
import fcntl
import hashlib
import hmac
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal, get_args

import click
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from servicekit import logs

Scope = Literal["read", "write", "generate", "admin"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
PREFIX = "visis"
RELOAD_S = 1.0
_NO_DIGEST = "0" * 64
log = logs.get_logger(__name__)


class KeysError(click.ClickException):
    """The key file cannot be used; the text says why, in one line. Ends a command with status 1."""


class Quotas(BaseModel):
    """What a caller may use; None means the deployment's setting, 0 no limit."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    requests_per_minute: int | None = Field(None, ge=0)
    characters_per_hour: int | None = Field(None, ge=0)
    audio_seconds_per_hour: int | None = Field(None, ge=0)


class Key(BaseModel):
    """One key, by its digest: the key itself is not stored."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    name: str
    digest: str
    scopes: tuple[Scope, ...]
    created_at: datetime.datetime
    expires_at: datetime.datetime | None = None
    quotas: Quotas = Quotas()


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    keys: list[Key] = []


class Keys:
    """The keys of a deployment, in a file that only its user can read."""

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._clock = clock
        self._lock = threading.Lock()
        self._keys: dict[str, Key] = {}
        self._stamp: tuple[int, int, int] | None = None
        self._checked_at = float("-inf")

    def find(self, presented: str) -> Key | None:
        """The key that a client presents, None if it is unknown, revoked or expired; in constant time."""
        self._reload()
        _, _, rest = presented.partition("_")
        key = self._keys.get(rest.partition("_")[0])
        known = hmac.compare_digest(_digest(presented), key.digest if key else _NO_DIGEST)
        if key is None or not known or (key.expires_at and key.expires_at <= _now()):
            return None
        return key

    def create(
        self, name: str, scopes: Sequence[Scope], *, quotas: Quotas | None = None, days: int | None = None
    ) -> tuple[str, Key]:
        """Create a key; returns the key itself, which is only shown now, and its record.

        Raises:
            KeysError: the file cannot be read or written.
        """
        key_id = secrets.token_hex(4)
        presented = f"{PREFIX}_{key_id}_{secrets.token_urlsafe(32)}"
        made = Key(
            id=key_id,
            name=name,
            digest=_digest(presented),
            scopes=tuple(sorted(set(scopes), key=SCOPES.index)),
            created_at=_now(),
            expires_at=_now() + datetime.timedelta(days=days) if days else None,
            quotas=quotas or Quotas(),
        )
        with self._changing() as file:
            file.keys.append(made)
        return presented, made

    def revoke(self, key_id: str) -> bool:
        """Delete a key; False if there is none with this id. Running gateways notice within a second."""
        with self._changing() as file:
            kept = [key for key in file.keys if key.id != key_id]
            found, file.keys = len(kept) < len(file.keys), kept
        return found

    def all(self) -> list[Key]:
        """Every key in the file.

        Raises:
            KeysError: the file cannot be read.
        """
        return self._read().keys

    def _reload(self) -> None:
        """Read the file again if it has changed; an invalid one is logged, and the known keys stay."""
        with self._lock:
            if self._clock() - self._checked_at < RELOAD_S:
                return
            self._checked_at = self._clock()
            try:
                stat = self._path.stat()
                stamp = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
            except FileNotFoundError:
                self._keys, self._stamp = {}, None
                return
            except OSError as error:
                log.error("keys_unreadable", reason=type(error).__name__)
                return
            if stamp != self._stamp:
                try:
                    self._keys = {key.id: key for key in self._read().keys}
                    self._stamp = stamp
                except KeysError as error:
                    log.error("keys_unreadable", reason=str(error))

    def _read(self) -> _File:
        try:
            return _File.model_validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return _File()
        except OSError as error:
            raise KeysError(f"{self._path}: {os.strerror(error.errno or 0)}") from None
        except ValidationError:
            raise KeysError(f"{self._path} is not a key file: restore it, or delete it and create new keys") from None

    @contextlib.contextmanager
    def _changing(self) -> Iterator[_File]:
        """The file's content, written back atomically afterwards; concurrent commands wait for one another."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with (self._path.parent / f"{self._path.name}.lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                file = self._read()
                yield file
                self._write(file)
        except OSError as error:
            raise KeysError(f"{self._path}: {os.strerror(error.errno or 0)}") from None

    def _write(self, file: _File) -> None:
        draft = self._path.with_suffix(".new")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as out:
            out.write(file.model_dump_json(indent=1) + "\n")
            out.flush()
            os.fsync(out.fileno())
        draft.replace(self._path)


def _digest(presented: str) -> str:
    return hashlib.sha256(presented.encode(errors="replace")).hexdigest()


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
