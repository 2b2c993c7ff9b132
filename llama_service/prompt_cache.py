"""The key-value states of prompts already read, in memory within a bound, the least recently used dropped first.

States are plain bytes that this process made itself: nothing is read from disk, and nothing is unpickled.
"""

from __future__ import annotations

from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray

from llama_service.engine import Tokens

State = NDArray[np.uint8]


class PromptCache:
    """States by the tokens they stand for; at most `limit_bytes` of them."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._states: OrderedDict[bytes, tuple[Tokens, State]] = OrderedDict()
        self.bytes = 0

    def longest(self, prompt: Tokens) -> tuple[int, State | None]:
        """How many tokens at the beginning of `prompt` some entry shares, and that entry's state."""
        best, key = 0, None
        for name, (tokens, _) in self._states.items():
            shared = common_prefix(tokens, prompt)
            if shared > best:
                best, key = shared, name
        if key is None:
            return 0, None
        self._states.move_to_end(key)
        return best, self._states[key][1]

    def takes(self, size_bytes: int) -> bool:
        """Whether a state of this size would be kept: one entry may use at most half of the memory."""
        return 0 < size_bytes <= self._limit // 2

    def put(self, tokens: Tokens, state: State) -> None:
        """Keep a state, and drop older ones, prefixes of it first, until all fit."""
        if not self.takes(state.nbytes):
            return
        for name, (older, _) in list(self._states.items()):
            if common_prefix(older, tokens) == len(older):
                self._drop(name)
        self._states[tokens.tobytes()] = (tokens, state)
        self.bytes += state.nbytes
        while self.bytes > self._limit:
            self._drop(next(iter(self._states)))

    def __len__(self) -> int:
        return len(self._states)

    def _drop(self, name: bytes) -> None:
        self.bytes -= self._states.pop(name)[1].nbytes


def common_prefix(one: Tokens, other: Tokens) -> int:
    """How many tokens two sequences share at their beginning."""
    size = min(len(one), len(other))
    differs = np.flatnonzero(one[:size] != other[:size])
    return int(differs[0]) if len(differs) else size
