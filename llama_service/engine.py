"""What the model's engine, its scheduler and the library's wrapper have in common: tokens and how text is generated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Tokens = NDArray[np.int32]


@dataclass(frozen=True)
class Generation:
    """How text is generated. `max_tokens` None: by the length that the request asks for."""

    max_tokens: int | None = None
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 0
    stop: tuple[str, ...] = ()


class NoToken(Exception):
    """No token can come next: the grammar allows none, or the model's logits are not finite."""
