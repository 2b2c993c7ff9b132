"""A client of the catalog's HTTP API, directly or through the gateway: list, read and import books. No database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests

from training.errors import SourceFailed

_PER_PAGE = 100


class CatalogClient:
    """One catalog (or gateway). Every failure becomes SourceFailed, with the server's own words where it gave some."""

    def __init__(self, url: str, timeout_s: float, api_key: str | None = None) -> None:
        self._url = url.rstrip("/")
        self._timeout_s = timeout_s
        self._session = requests.Session()
        if api_key:
            self._session.headers["Authorization"] = f"Bearer {api_key}"

    def books(self, limit: int | None = None) -> Iterator[dict[str, Any]]:
        """The catalog's books, page by page, in its own order; at most `limit`."""
        seen = 0
        for page in range(1, 10**6):
            answer = self._call("GET", "/books/", params={"page": page, "per_page": _PER_PAGE})
            books = self._json(answer, list)
            for book in books:
                if limit is not None and seen >= limit:
                    return
                seen += 1
                yield book
            if len(books) < _PER_PAGE:
                return

    def text(self, book: dict[str, Any]) -> str:
        """The whole text of a book: at once from the catalog, page by page from a gateway, which has no such route."""
        plain = {"Accept": "text/plain"}
        answer = self._call("GET", f"/books/{book['id']}/text", absent_ok=True, headers=plain)
        if answer.ok:
            return answer.content.decode("utf-8", "replace")
        pages = range(1, int(book.get("page_count") or 0) + 1)
        answers = (self._call("GET", f"/books/{book['id']}/pages/{number}", headers=plain) for number in pages)
        return "\n".join(answer.content.decode("utf-8", "replace") for answer in answers)

    def load(self, path: Path, title: str, author: str | None) -> tuple[dict[str, Any], bool]:
        """Import a file: the book, and whether it is new (an equal file answers with the book that is there)."""
        fields = {"title": title} | ({"author": author} if author else {})
        with path.open("rb") as file:
            answer = self._call("POST", "/books/import", data=fields, files={"file": (path.name, file, "text/plain")})
        return self._json(answer, dict), answer.status_code == 201

    def _call(self, method: str, path: str, absent_ok: bool = False, **options: Any) -> requests.Response:
        try:
            answer = self._session.request(method, self._url + path, timeout=self._timeout_s, **options)
        except requests.RequestException as error:
            raise SourceFailed(f"{self._url} does not answer: {type(error).__name__}") from error
        if not answer.ok and not (absent_ok and answer.status_code == 404):
            raise SourceFailed(f"{method} {path} was answered with {answer.status_code}: {_detail(answer)}")
        return answer

    def _json(self, answer: requests.Response, kind: type) -> Any:
        try:
            value = answer.json()
        except ValueError as error:
            raise SourceFailed(f"{answer.url} did not answer with JSON: is this a catalog?") from error
        if not isinstance(value, kind):
            raise SourceFailed(f"{answer.url} answered with {type(value).__name__}, not {kind.__name__}")
        return value


def _detail(answer: requests.Response) -> str:
    """What a problem document says, else the reason phrase."""
    try:
        problem = answer.json()
    except ValueError:
        return answer.reason or ""
    return str(problem.get("detail") or problem.get("title")) if isinstance(problem, dict) else answer.reason
