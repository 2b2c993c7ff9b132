"""Quotas of a caller: requests a minute, characters and seconds of audio an hour, told in `RateLimit` headers.

Counted in this process: several gateways allow several times as much.
Headers as in draft-ietf-httpapi-ratelimit-headers-10.
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

    quota: int
    length_s: int
    started: float
    used: float = 0.0

    def spend(self, units: float, now: float) -> bool:
        """Use units; False, and nothing is used, if that is over the quota."""
        if now - self.started >= self.length_s:
            self.started, self.used = now, 0.0
        if self.used + units > self.quota:
            return False
        self.used += units
        return True

    def resets_in(self, now: float) -> int:
        """Whole seconds until the window ends."""
        return max(1, math.ceil(self.started + self.length_s - now))


class Meter:
    """The windows of one caller."""

    def __init__(self, quotas: Quotas, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._windows = {
            resource: Window(quota, length_s, clock())
            for resource, (name, length_s) in _RESOURCES.items()
            if (quota := getattr(quotas, name))
        }

    def spend(self, resource: str, units: float) -> None:
        """Use units of a resource.

        Raises:
            RateLimited: over the quota; nothing was used.
        """
        window = self._windows.get(resource)
        if window is None:
            return
        with self._lock:
            now = self._clock()
            if window.spend(units, now):
                return
            wait_s, shown = window.resets_in(now), _SHOWN.get(resource, resource)
        detail = f"This key may use {window.quota:,} {shown} in {window.length_s} s. Try again in {wait_s} s."
        if units > window.quota:
            detail = (
                f"This request needs {units:,.0f} {shown}; this key may use {window.quota:,} in {window.length_s} s."
            )
        raise RateLimited(detail, headers={"Retry-After": str(wait_s)}, resource=resource, quota=window.quota)

    def headers(self) -> dict[str, str]:
        """The headers that tell the quotas and what is left of them; none without quotas."""
        if not self._windows:
            return {}
        with self._lock:
            now = self._clock()
            policy = [f'"{name}";q={one.quota};w={one.length_s}' for name, one in self._windows.items()]
            left = [
                f'"{name}";r={math.floor(one.quota - one.used)};t={one.resets_in(now)}'
                for name, one in self._windows.items()
            ]
        return {"RateLimit-Policy": ", ".join(policy), "RateLimit": ", ".join(left)}


class Limits:
    """The meters of all callers; those not seen for longest are forgotten beyond `CALLERS`."""

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
    """Count a text that the current request has made or read aloud, before the work is done.

    Raises:
        RateLimited: over the caller's quota.
    """
    meter: Meter | None = g.get("meter") if has_request_context() else None
    if meter is None:
        return
    if characters:
        meter.spend("characters", characters)
    if audio_characters:
        meter.spend("audio_seconds", audio_characters / CHARACTERS_A_SECOND)


def install(app: Flask) -> None:
    """Tell each caller that has quotas how much of them is left."""

    def tell(response: Response) -> Response:
        meter: Meter | None = g.get("meter")
        if meter is not None:
            response.headers.update(meter.headers())
        return response

    app.after_request(tell)
