"""Polite HTTP GET for scraping: an identifying User-Agent, robots.txt, a delay between requests, bounded responses."""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

import requests

from servicekit.version import VERSION
from training.config import ScrapeConfig
from training.errors import SourceFailed

_AGAIN = {429, 500, 502, 503, 504}
_LONGEST_WAIT_S = 300.0


class Fetcher:
    """One client for one scrape. `sleep` is the seam for tests."""

    def __init__(self, config: ScrapeConfig, sleep: Callable[[float], None] = time.sleep) -> None:
        self._config = config
        self._sleep = sleep
        self._session = requests.Session()
        self.agent = f"visis-training/{VERSION}" + (f" (+{config.contact})" if config.contact else "")
        self._session.headers["User-Agent"] = self.agent
        self._robots: dict[str, RobotFileParser] = {}
        self._next = 0.0

    def get(self, url: str) -> bytes | None:
        """The body at a URL, or None where the server says that there is none (404, 410).

        Raises SourceFailed when robots.txt forbids it, when the answer is too large, or after the last try.
        """
        if not self._rules(url).can_fetch(self.agent, url):
            raise SourceFailed(f"robots.txt of {urlsplit(url).netloc} forbids {url}: name a mirror")
        return self._get(url)

    def _rules(self, url: str) -> RobotFileParser:
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self._robots:
            rules = RobotFileParser()
            body = self._get(f"{site}/robots.txt") or b""
            rules.parse(body.decode("utf-8", "replace").splitlines())
            self._robots[site] = rules
        return self._robots[site]

    def _get(self, url: str) -> bytes | None:
        reason = ""
        for attempt in range(self._config.retries + 1):
            self._wait()
            try:
                with self._session.get(url, timeout=self._config.timeout_s, stream=True) as answer:
                    if answer.status_code in (404, 410):
                        return None
                    if answer.ok:
                        return self._body(answer)
                    reason = f"status {answer.status_code}"
                    if answer.status_code not in _AGAIN:
                        break
                    self._back_off(attempt, answer.headers.get("Retry-After"))
            except requests.RequestException as error:
                reason = type(error).__name__
                self._back_off(attempt, None)
        raise SourceFailed(f"{url} could not be fetched: {reason}")

    def _body(self, answer: requests.Response) -> bytes:
        body = bytearray()
        for part in answer.iter_content(1 << 16):
            body += part
            if len(body) > self._config.max_bytes:
                raise SourceFailed(f"{answer.url} is larger than {self._config.max_bytes:,} bytes")
        return bytes(body)

    def _wait(self) -> None:
        """Keep the delay between the starts of two requests."""
        now = time.monotonic()
        if now < self._next:
            self._sleep(self._next - now)
        self._next = max(now, self._next) + self._config.delay_s

    def _back_off(self, attempt: int, retry_after: str | None) -> None:
        if attempt == self._config.retries:
            return
        asked = float(retry_after) if retry_after and retry_after.isdecimal() else 0.0
        self._sleep(min(_LONGEST_WAIT_S, max(asked, self._config.delay_s * 2**attempt)))
