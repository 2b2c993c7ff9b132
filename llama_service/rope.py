"""How a model reaches positions beyond the context it was trained on: RoPE scaling as llama.cpp's own parameters.

llama.cpp knows `none`, `linear` and `yarn`. `ntk` is a larger frequency base (the NTK-aware scaling, base * s^(d/(d-2))
for d dimensions per head), and `dynamic` is `ntk` with s chosen from the context asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from modelkit.engine import EngineUnavailable

Scaling = Literal["none", "linear", "yarn", "ntk", "dynamic"]


@dataclass(frozen=True)
class Trained:
    """What the model was trained with: context in tokens, frequency base, rotated dimensions per head."""

    context: int
    base: float
    dimensions: int


@dataclass(frozen=True)
class Rope:
    """Values for llama.cpp; 0 leaves one to the model. `factor` is the effective s, 1 where nothing is scaled."""

    scaling: Scaling = "none"
    factor: float = 1.0
    method: Literal["model", "none", "linear", "yarn"] = "model"
    freq_base: float = 0.0
    freq_scale: float = 0.0
    original_context: int = 0


def plan(scaling: Scaling, factor: float, n_ctx: int, trained: Trained, *, force: bool = False) -> Rope:
    """Translate a scaling into llama.cpp's parameters.

    `none` takes the model as it is. Raises EngineUnavailable where the context fits the trained one, unless forced.
    """
    if scaling == "none":
        return Rope()
    if n_ctx <= trained.context and not force:
        raise EngineUnavailable(
            f"LLAMA_ROPE_SCALING={scaling} would worsen the model: it was trained for {trained.context} tokens, "
            f"and {n_ctx} fit. Set it to none, or LLAMA_ROPE_FORCE=true"
        )
    if scaling == "linear":
        return Rope(scaling, factor, "linear", freq_scale=1 / factor)
    if scaling == "yarn":
        return Rope(scaling, factor, "yarn", freq_scale=1 / factor, original_context=trained.context)
    if scaling == "dynamic":
        factor = max(1.0, n_ctx / trained.context)
    if trained.dimensions <= 2:
        raise EngineUnavailable(f"LLAMA_ROPE_SCALING={scaling} needs more than 2 rotated dimensions per head")
    exponent = trained.dimensions / (trained.dimensions - 2)
    return Rope(scaling, factor, "none", freq_base=trained.base * factor**exponent)
