"""Downloads files from a Hugging Face hub by plain HTTP: size and checksum known beforehand, resumed where cut off."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import requests

ENDPOINT = "https://huggingface.co"
_CONNECT_S, _READ_S = 10.0, 60.0
_ATTEMPTS = 5
_BLOCK = 1 << 18
_REPO = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
_CONVERTER = "SFconvertbot"
Progress = Callable[[str, int, int], None]


class HubError(Exception):
    """A model cannot be fetched; the text is one line for the operator."""


@dataclass(frozen=True)
class HubFile:
    """A file of a repository. Large files have a SHA-256, small ones git's SHA-1 of the blob."""

    path: str
    size: int
    sha256: str | None
    blob: str


class Hub:
    """One hub. `token` is sent as a bearer token, for private models."""

    def __init__(self, endpoint: str = ENDPOINT, *, token: str | None = None, pause_s: float = 1.0) -> None:
        self._endpoint, self._pause_s = endpoint.rstrip("/"), pause_s
        self._session = requests.Session()
        if token:
            self._session.headers["Authorization"] = f"Bearer {token}"

    def commit(self, repo: str, revision: str) -> str:
        """The full commit that a branch, tag or pull request's ref stands for."""
        if not _REPO.fullmatch(repo):
            raise HubError(f"{repo!r} is neither a folder nor a model's OWNER/NAME")
        found = self._json(f"/api/models/{repo}/revision/{quote(revision, safe='')}").get("sha")
        if not found:
            raise HubError(f"{repo}: the hub does not say which commit {revision} is")
        return str(found)

    def files(self, repo: str, commit: str) -> list[HubFile]:
        """The files at the top of a repository."""
        found = self._json(f"/api/models/{repo}/tree/{commit}")
        return [_file(entry) for entry in found if entry.get("type") == "file"]

    def safetensors_revision(self, repo: str) -> str | None:
        """The pull request in which the hub's own converter added safetensors to a repository without them."""
        for thread in self._json(f"/api/models/{repo}/discussions").get("discussions", []):
            author = (thread.get("author") or {}).get("name")
            if thread.get("isPullRequest") and author == _CONVERTER and "safetensors" in thread.get("title", ""):
                return f"refs/pr/{thread['num']}"
        return None

    def download(self, repo: str, commit: str, file: HubFile, target: Path, progress: Progress) -> None:
        """Fetch a file into `target`; a `.part` file beside it is continued. Raises HubError."""
        part = target.with_name(target.name + ".part")
        part.parent.mkdir(parents=True, exist_ok=True)
        url = f"{self._endpoint}/{repo}/resolve/{commit}/{quote(file.path)}"
        for attempt in range(_ATTEMPTS):
            try:
                self._continue(url, file, part, progress)
                break
            except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError) as error:
                if attempt == _ATTEMPTS - 1:
                    raise HubError(f"{file.path}: the connection to {self._endpoint} keeps failing") from error
                time.sleep(self._pause_s * 2**attempt)
        if not matches(part, file):
            part.unlink()
            raise HubError(f"{file.path}: its checksum is wrong; it was deleted. Run the same command again")
        part.replace(target)

    def _continue(self, url: str, file: HubFile, part: Path, progress: Progress) -> None:
        have = part.stat().st_size if part.is_file() else 0
        if have > file.size:
            part.unlink()
            have = 0
        if have == file.size and part.is_file():
            return
        headers = {"Range": f"bytes={have}-"} if have else {}
        with self._session.get(url, headers=headers, stream=True, timeout=(_CONNECT_S, _READ_S)) as response:
            _check(response, file.path)
            have = have if response.status_code == 206 else 0
            with part.open("ab" if have else "wb") as out:
                for block in response.iter_content(_BLOCK):
                    out.write(block)
                    have += len(block)
                    progress(file.path, have, file.size)
                    if have > file.size:
                        raise HubError(f"{file.path}: longer than the {file.size:,} bytes announced")
        if have < file.size:
            raise requests.ConnectionError("cut off")

    def _json(self, path: str) -> Any:
        try:
            response = self._session.get(self._endpoint + path, timeout=(_CONNECT_S, _READ_S))
            _check(response, path)
            return response.json()
        except requests.JSONDecodeError as error:
            raise HubError(f"{self._endpoint} did not answer with JSON; is it a model hub?") from error
        except requests.RequestException as error:
            raise HubError(f"{self._endpoint} cannot be reached; give a folder, or set HF_ENDPOINT") from error


def matches(path: Path, file: HubFile) -> bool:
    """Whether a file on disk is the hub's, by its checksum."""
    digest = hashlib.sha256() if file.sha256 else hashlib.sha1(f"blob {file.size}\0".encode(), usedforsecurity=False)
    try:
        with path.open("rb") as data:
            while block := data.read(_BLOCK):
                digest.update(block)
    except OSError:
        return False
    return digest.hexdigest() == (file.sha256 or file.blob)


def _file(entry: dict[str, Any]) -> HubFile:
    large = entry.get("lfs") or {}
    return HubFile(str(entry["path"]), int(entry["size"]), large.get("oid"), str(entry["oid"]))


def _check(response: requests.Response, what: str) -> None:
    if response.status_code in (401, 403):
        raise HubError(f"{what}: the hub refuses it (private or gated); set HF_TOKEN")
    if response.status_code == 404:
        raise HubError(f"{what}: the hub has no such model, revision or file")
    if response.status_code == 429 or response.status_code >= 500:
        raise requests.ConnectionError(f"HTTP {response.status_code}")
    if response.status_code not in (200, 206):
        raise HubError(f"{what}: the hub answered {response.status_code}")
