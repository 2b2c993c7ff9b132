"""Runs a voice's graph. The only module that imports onnxruntime."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from bart_service.speech.graph import BadGraph, prepare
from bart_service.speech.voice import VoiceError

MOST_FRAMES = 8192  # of noise; 95 s of a Piper voice, more than the longest piece at half speed
_CHANNELS = 192  # of every Piper quality
_SEED = 20_210_611
_SHRINK = "memory.enable_memory_arena_shrinkage"
_ERRORS = (
    onnxruntime.capi.onnxruntime_pybind11_state.Fail,
    onnxruntime.capi.onnxruntime_pybind11_state.InvalidArgument,
    onnxruntime.capi.onnxruntime_pybind11_state.InvalidGraph,
    onnxruntime.capi.onnxruntime_pybind11_state.InvalidProtobuf,
    onnxruntime.capi.onnxruntime_pybind11_state.NotImplemented,
    onnxruntime.capi.onnxruntime_pybind11_state.RuntimeException,
)


class Network:
    """A loaded graph. Threads may call it at once: each runs on its own core, so sentences are the unit of work."""

    def __init__(self, path: Path, *, gpu: bool = False) -> None:
        """Load a graph; `gpu` uses CUDA where onnxruntime was built with it. Raises VoiceError."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_mem_pattern = False  # every sentence has its own shapes
        options.log_severity_level = 3
        have = onnxruntime.get_available_providers()
        wanted = ["CUDAExecutionProvider"] if gpu else []
        providers = [name for name in [*wanted, "CPUExecutionProvider"] if name in have]
        try:
            prepared = prepare(path.read_bytes())
            self._session = onnxruntime.InferenceSession(prepared.model, options, providers=providers)
        except OSError as error:
            raise VoiceError("cannot-read-the-model") from error
        except (BadGraph, *_ERRORS) as error:
            raise VoiceError("damaged-or-foreign-model") from error
        outputs = [output.name for output in self._session.get_outputs()]
        self._outputs = [next(name for name in outputs if name != prepared.durations), prepared.durations]
        self._run_options = onnxruntime.RunOptions()
        self._run_options.add_run_config_entry(_SHRINK, "cpu:0")
        noise = np.random.default_rng(_SEED).standard_normal((1, _CHANNELS, MOST_FRAMES), dtype=np.float32)
        self._noise = dict.fromkeys(prepared.noise, noise)

    @property
    def device(self) -> str:
        """`cpu` or `cuda`."""
        return "cuda" if self._session.get_providers()[0] == "CUDAExecutionProvider" else "cpu"

    @property
    def inputs(self) -> set[str]:
        """What the graph takes, but for noise."""
        return {one.name for one in self._session.get_inputs()} - set(self._noise)

    def run(self, feeds: Mapping[str, NDArray[Any]]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Audio between -1 and 1, and how many samples each input symbol takes. Raises VoiceError."""
        try:
            audio, durations = self._session.run(self._outputs, {**feeds, **self._noise}, self._run_options)
        except _ERRORS as error:
            raise VoiceError("graph-failed") from error
        audio, frames = np.ravel(audio), np.ravel(durations).astype(np.int64)
        hop, rest = divmod(len(audio), max(1, int(frames.sum())))
        if rest or not hop:
            raise VoiceError("durations-do-not-fit")
        return audio, frames * hop
