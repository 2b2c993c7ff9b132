"""Quotas of a caller: requests a minute, characters and seconds of audio an hour, shown in `RateLimit` headers.

Counted in this process: several gateways allow several times as much.
Headers as in draft-ietf-httpapi-ratelimit-headers-10.

Not the `limits` library: its fixed window counts refused requests too, its moving window keeps an entry for each
character, and none of its windows charges two quotas at once or none.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, Response, g, has_request_context

from gateway.keys import Quotas
from servicekit.problems import RateLimited

CALLERS = 10_000
CHARACTERS_A_SECOND = 15.0  # of English read aloud at 150-160 words a minute
_RESOURCES = {
    "requests": ("requests_per_minute", 60),
    "characters": ("characters_per_hour", 3600),
    "audio_seconds": ("audio_seconds_per_hour", 3600),
}
_SHOWN = {"audio_seconds": "seconds of audio"}


@dataclass
class Window:
    """One quota: at most `quota` units in each window of `length_s` seconds."""

    resource: str
    quota: int
    length_s: int
    started: float
    used: float = 0.0

    def renew(self, now: float) -> None:
        """Start again if the window is over."""
        if now - self.started >= self.length_s:
            self.started, self.used = now, 0.0

    def resets_in(self, now: float) -> int:
        """Whole seconds until the window ends."""
        return max(1, math.ceil(self.started + self.length_s - now))

    def refusal(self, units: float, now: float) -> RateLimited:
        """The problem of a request that needs more than is left."""
        wait_s, shown = self.resets_in(now), _SHOWN.get(self.resource, self.resource)
        allowed = f"this key may use {self.quota:,} {shown} in {self.length_s} s."
        detail = f"{allowed.capitalize()} Try again in {wait_s} s."
        if units > self.quota:
            detail = f"This request needs {units:,.0f} {shown}; {allowed}"
        return RateLimited(detail, headers={"Retry-After": str(wait_s)}, resource=self.resource, quota=self.quota)


class Meter:
    """The windows of one caller."""

    def __init__(self, quotas: Quotas, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._windows = [
            Window(resource, quota, length_s, clock())
            for resource, (name, length_s) in _RESOURCES.items()
            if (quota := getattr(quotas, name))
        ]

    def spend(self, **units: float) -> None:
        """Use units of resources, by their names: of all of them, or of none.

        Raises:
            RateLimited: over a quota; nothing was used.
        """
        with self._lock:
            now = self._clock()
            for window in self._windows:
                window.renew(now)
                needed = units.get(window.resource, 0)
                if needed and window.used + needed > window.quota:
                    raise window.refusal(needed, now)
            for window in self._windows:
                window.used += units.get(window.resource, 0)

    def headers(self) -> dict[str, str]:
        """The headers with the quotas and what is left of them; none without quotas."""
        if not self._windows:
            return {}
        with self._lock:
            now = self._clock()
            policy = [f'"{one.resource}";q={one.quota};w={one.length_s}' for one in self._windows]
            left = [
                f'"{one.resource}";r={math.floor(one.quota - one.used)};t={one.resets_in(now)}' for one in self._windows
            ]
        return {"RateLimit-Policy": ", ".join(policy), "RateLimit": ", ".join(left)}


class Limits:
    """The meters of the `CALLERS` most recent callers."""

    def __init__(self, defaults: Quotas, clock: Callable[[], float] = time.monotonic) -> None:
        self._defaults = defaults
        self._clock = clock
        self._lock = threading.Lock()
        self._meters: OrderedDict[tuple[str, Quotas], Meter] = OrderedDict()

    def meter(self, caller: str, own: Quotas) -> Meter:
        """The meter of a caller, with its own quotas where it has some."""
        with self._lock:
            meter = self._meters.get((caller, own))
            if meter is None:
                quotas = self._defaults.model_copy(update=own.model_dump(exclude_none=True))
                meter = self._meters[caller, own] = Meter(quotas, self._clock)
                if len(self._meters) > CALLERS:
                    self._meters.popitem(last=False)
            self._meters.move_to_end((caller, own))
            return meter


def charge(*, characters: int = 0, audio_characters: int = 0) -> None:
    """Count the characters that the current request has summarised or read aloud, before the work is done.

    Raises:
        RateLimited: over a quota of the caller; nothing was counted.
    """
    meter: Meter | None = g.get("meter") if has_request_context() else None
    if meter is not None:
        meter.spend(characters=characters, audio_seconds=audio_characters / CHARACTERS_A_SECOND)


def install(app: Flask) -> None:
    """Send each caller that has quotas what is left of them."""

    def add_headers(response: Response) -> Response:
        meter: Meter | None = g.get("meter")
        if meter is not None:
            response.headers.update(meter.headers())
        return response

    app.after_request(add_headers)
