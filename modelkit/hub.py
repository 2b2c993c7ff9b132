"""Fetches files of a model hub, by huggingface_hub: resumed where it broke off, every checksum verified.

The only module that imports huggingface_hub, and only when something is fetched. `HF_ENDPOINT` names another hub,
`HF_TOKEN` a key for private models. Files come by plain HTTP, which can be resumed, unless `HF_HUB_DISABLE_XET` is 0.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_ATTEMPTS = 5
_CONVERTER = "SFconvertbot"
_SCRATCH = ".cache"  # where huggingface_hub keeps what is incomplete
_BLOCK = 1 << 20
_AGAIN = "Run the same command again: it goes on where it stopped"


class FetchError(Exception):
    """A model cannot be fetched; the text is one line for the operator."""


@dataclass(frozen=True)
class HubFile:
    """A file of a repository. Large files have a SHA-256, small ones git's SHA-1 of the blob."""

    path: str
    size: int
    sha256: str | None
    blob: str

    def matches(self, path: Path) -> bool:
        """Whether a file on disk is this one, by its checksum."""
        header = f"blob {self.size}\0".encode()
        digest = hashlib.sha256() if self.sha256 else hashlib.sha1(header, usedforsecurity=False)
        try:
            with path.open("rb") as data:
                while block := data.read(_BLOCK):
                    digest.update(block)
        except OSError:
            return False
        return digest.hexdigest() == (self.sha256 or self.blob)


@dataclass(frozen=True)
class Snapshot:
    """A repository's files at one commit."""

    repo: str
    commit: str
    files: dict[str, HubFile]


class Hub:
    """One hub: `HF_ENDPOINT`, or huggingface.co."""

    def __init__(self, *, pause_s: float = 1.0) -> None:
        """`pause_s` is the wait before the second attempt at a broken download; it doubles with each."""
        self._endpoint = os.environ.get("HF_ENDPOINT", "").rstrip("/") or "https://huggingface.co"
        self._pause_s = pause_s

    def snapshot(self, repo: str, revision: str = "main") -> Snapshot:
        """The commit that a branch, tag or pull request's ref stands for, and its files.

        Raises:
            FetchError: there is no such model or revision, or the hub refuses it or cannot be reached.
        """
        with self._errors(repo):
            info = self._api().model_info(repo, revision=revision, files_metadata=True)
        files = {
            file.rfilename: HubFile(file.rfilename, file.size, file.lfs.sha256 if file.lfs else None, file.blob_id)
            for file in info.siblings or []
        }
        return Snapshot(repo, str(info.sha), files)

    def safetensors_revision(self, repo: str) -> str | None:
        """The pull request in which the hub's own converter added safetensors to a repository without them."""
        with self._errors(repo):
            for thread in self._api().get_repo_discussions(repo, author=_CONVERTER, discussion_type="pull_request"):
                if thread.author == _CONVERTER and "safetensors" in thread.title:
                    return f"refs/pr/{thread.num}"
        return None

    def download(self, snapshot: Snapshot, names: Iterable[str], folder: Path) -> None:
        """Fetch files into a folder. What is there and right is kept; what was cut off is resumed.

        Raises:
            FetchError: a file cannot be fetched, or its checksum is wrong.
        """
        for name in names:
            self._download(snapshot, snapshot.files[name], folder)
        shutil.rmtree(folder / _SCRATCH, ignore_errors=True)

    def _download(self, snapshot: Snapshot, file: HubFile, folder: Path) -> None:
        target = folder / file.path
        if file.matches(target):
            say(f"  {file.path}: already there")
            return
        target.unlink(missing_ok=True)
        with self._errors(file.path):
            try:
                self._resumed(snapshot, file, folder)
            except OSError as error:
                if not _wrong_size(error):
                    raise
                shutil.rmtree(folder / _SCRATCH, ignore_errors=True)
                raise FetchError(f"{file.path}: its size is wrong; it was deleted. {_AGAIN}") from None
        if not file.matches(target):
            target.unlink(missing_ok=True)
            raise FetchError(f"{file.path}: its checksum is wrong; it was deleted. {_AGAIN}")
        say(f"  {file.path}: {file.size / 1e6:,.1f} MB")

    def _resumed(self, snapshot: Snapshot, file: HubFile, folder: Path) -> None:
        import httpx

        attempt = 0
        while True:
            try:
                _library().hf_hub_download(
                    snapshot.repo, file.path, revision=snapshot.commit, local_dir=folder, endpoint=self._endpoint
                )
                return
            except httpx.TransportError:
                attempt += 1
                if attempt == _ATTEMPTS:
                    raise
                time.sleep(self._pause_s * 2 ** (attempt - 1))

    def _api(self) -> Any:
        return _library().HfApi(endpoint=self._endpoint)

    @contextlib.contextmanager
    def _errors(self, what: str) -> Iterator[None]:
        """Turn the libraries' errors into one line for the operator."""
        library = _library()
        import httpx

        try:
            yield
        except library.errors.HFValidationError:
            raise FetchError(f"{what!r} is neither a folder nor a model's OWNER/NAME") from None
        except (httpx.HTTPError, library.errors.LocalEntryNotFoundError, library.errors.OfflineModeIsEnabled) as error:
            cause = error.__cause__ if isinstance(error, library.errors.LocalEntryNotFoundError) else error
            raise FetchError(self._reason(what, cause)) from error
        except (ValueError, KeyError, TypeError) as error:
            raise FetchError(f"{self._endpoint} does not answer as a model hub does; check HF_ENDPOINT") from error

    def _reason(self, what: str, error: BaseException | None) -> str:
        status = _status(error)
        if status in (401, 403):
            return f"{what}: the hub refuses it: there is none of this name, or it is private or gated; set HF_TOKEN"
        if status == 404:
            return f"{what}: the hub has no such model, revision or file"
        if status == 429:
            return f"{what}: the hub limits requests; wait a few minutes, or set HF_TOKEN. {_AGAIN}"
        if status is not None:
            return f"{what}: the hub answered {status}. {_AGAIN}"
        if isinstance(error, _library().errors.OfflineModeIsEnabled):
            return f"{what}: HF_HUB_OFFLINE is set; unset it, or give a folder"
        return f"{what}: {self._endpoint} cannot be reached or breaks off; HF_ENDPOINT names another hub. {_AGAIN}"


def _status(error: BaseException | None) -> int | None:
    return getattr(getattr(error, "response", None), "status_code", None)


def _wrong_size(error: OSError) -> bool:
    """Whether what came was longer or shorter than announced, as huggingface_hub says without an error number."""
    import httpx

    of_transport = isinstance(error, (httpx.HTTPError, FileNotFoundError))
    return _status(error) == 416 or (error.errno is None and not of_transport)


def say(line: str) -> None:
    """A line for the operator's terminal."""
    print(line, file=sys.stderr, flush=True)


def _library() -> Any:
    if find_spec("huggingface_hub") is None:
        raise FetchError("fetching needs the Python package huggingface_hub: pip install 'visis[models]'")
    os.environ.setdefault("HF_HUB_DISABLE_XET", "1")
    import huggingface_hub
    import huggingface_hub.errors

    return huggingface_hub
