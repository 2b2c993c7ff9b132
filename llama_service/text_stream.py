"""Text from the bytes of tokens as they come: whole characters only, and never past a stop text."""

from __future__ import annotations

import codecs
from collections.abc import Sequence

_CONTROL = dict.fromkeys([*range(9), 11, *range(14, 32), 127])


class TextStream:
    """One answer's text. `stopped` is set once a stop text was met; neither it nor what follows is returned."""

    def __init__(self, stop: Sequence[str] = ()) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._stop = tuple(stop)
        self._held = ""
        self.stopped = False

    def add(self, piece: bytes) -> str:
        """The text that is final once `piece` has arrived."""
        if self.stopped:
            return ""
        text = self._held + self._decoder.decode(piece).translate(_CONTROL)
        found = [at for stop in self._stop if (at := text.find(stop)) >= 0]
        if found:
            self.stopped, self._held = True, ""
            return text[: min(found)]
        keep = max((_overlap(text, stop) for stop in self._stop), default=0)
        self._held = text[len(text) - keep :]
        return text[: len(text) - keep]

    def finish(self) -> str:
        """What was held back in case a stop text came. Bytes of an incomplete character are dropped."""
        held, self._held = self._held, ""
        return held


def _overlap(text: str, stop: str) -> int:
    """Length of the longest beginning of `stop`, short of all of it, that `text` ends with."""
    return next((size for size in range(min(len(stop) - 1, len(text)), 0, -1) if text.endswith(stop[:size])), 0)
