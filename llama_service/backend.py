"""A small typed wrapper of llama.cpp: one model, one context, their tokens, batches, states and samplers.

The only module that imports llama_cpp. Everything but `tokenize` must be called from the one thread that made the
object: llama.cpp is not thread-safe, and OpenMP keeps a team of workers for each calling thread.
"""

from __future__ import annotations

import ctypes
import weakref
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import llama_cpp as cpp
import numpy as np
from numpy.typing import NDArray

from llama_service.engine import Generation, NoToken, Tokens
from llama_service.rope import Rope, Scaling, Trained, plan
from modelkit.engine import EngineUnavailable

_KV_TYPES = {"f16": cpp.GGML_TYPE_F16, "q8_0": cpp.GGML_TYPE_Q8_0, "q4_0": cpp.GGML_TYPE_Q4_0}
_KV_BYTES = {"f16": 2.0, "q8_0": 34 / 32, "q4_0": 18 / 32}
_FLASH = {"llama.cpp": -1, "off": 0, "on": 1}
_METHODS = {
    "model": cpp.LLAMA_ROPE_SCALING_TYPE_UNSPECIFIED,
    "none": cpp.LLAMA_ROPE_SCALING_TYPE_NONE,
    "linear": cpp.LLAMA_ROPE_SCALING_TYPE_LINEAR,
    "yarn": cpp.LLAMA_ROPE_SCALING_TYPE_YARN,
}
_WARNING, _ERROR, _CONTINUED = 3, 4, 5
_log_lines: deque[str] = deque(maxlen=40)


class DecodeFailed(Exception):
    """llama.cpp could not compute a batch."""


@dataclass(frozen=True)
class Options:
    """How a model is loaded: `n_ctx` is per sequence."""

    path: Path
    n_ctx: int
    sequences: int = 1
    n_gpu_layers: int = 0
    n_batch: int = 512
    n_ubatch: int = 512
    n_threads: int = 1
    kv_type: str = "f16"
    kv_unified: bool = False
    flash_attention: str = "auto"
    rope_scaling: Scaling = "none"
    rope_factor: float = 2.0
    rope_force: bool = False
    repack: bool = True


@dataclass(frozen=True)
class ModelInfo:
    """What the file says of its model."""

    description: str
    parameters: int
    size_bytes: int
    vocabulary: int
    trained: Trained
    chat_template: str | None
    bos: str
    eos: str


@cpp.llama_log_callback  # type: ignore[untyped-decorator]
def _keep_log(level: int, text: bytes, _user_data: ctypes.c_void_p) -> None:
    if level in (_WARNING, _ERROR):
        _log_lines.append(text.decode("utf-8", "replace").strip())
    elif level == _CONTINUED and _log_lines:
        _log_lines[-1] += text.decode("utf-8", "replace").rstrip()


def last_errors(count: int = 3) -> str:
    """The last lines llama.cpp complained with."""
    return "; ".join(list(_log_lines)[-count:])


class Backend:
    """A loaded model with a context for `options.sequences` sequences."""

    def __init__(self, options: Options) -> None:
        """Load the model.

        Raises:
            EngineUnavailable: the file is missing, damaged or of an unknown architecture, the memory does not suffice,
                or the RoPE scaling makes no sense for this model.
        """
        cpp.llama_log_set(_keep_log, ctypes.c_void_p(0))
        _log_lines.clear()
        cpp.llama_backend_init()
        self.options = options
        self._model = _load_model(options)
        # the model lives as long as this object: a request may still tokenise when the thread that owned it has ended
        weakref.finalize(self, cpp.llama_model_free, self._model).atexit = False
        self._vocab = cpp.llama_model_get_vocab(self._model)
        self.info = self._describe()
        trained = self.info.trained
        self.rope = plan(options.rope_scaling, options.rope_factor, options.n_ctx, trained, force=options.rope_force)
        self._context: Any = _make_context(self._model, options, self.rope)
        self._memory = cpp.llama_get_memory(self._context)
        self._batch = _Batch(options.n_batch)
        self._pieces: dict[int, bytes] = {}
        self._tokens: dict[bytes, int | None] = {}
        self.end_tokens = [token for token in range(self.info.vocabulary) if self.is_end(token)]

    def close(self) -> None:
        """Free the context. The model is freed with the last reference to this object."""
        if self._context is not None:
            cpp.llama_free(self._context)
            self._context = None

    @property
    def state_bytes(self) -> int:
        """About how many bytes of key-value state one token has."""
        width = cpp.llama_model_n_embd(self._model) // max(1, cpp.llama_model_n_head(self._model))
        values = 2 * cpp.llama_model_n_layer(self._model) * width * cpp.llama_model_n_head_kv(self._model)
        return int(values * _KV_BYTES[self.options.kv_type])

    @property
    def device(self) -> str:
        """Where the layers are computed."""
        return "gpu" if self.options.n_gpu_layers != 0 and self.can_offload else "cpu"

    @property
    def can_offload(self) -> bool:
        """Whether llama.cpp was built for a GPU and finds one."""
        return bool(cpp.llama_supports_gpu_offload())

    def tokenize(self, text: str, *, special: bool = False, bos: bool = False) -> list[int]:
        """The tokens of `text`; special tokens written in it are plain text unless `special`."""
        data = text.encode()
        size = len(data) + 8
        tokens = (cpp.llama_token * size)()
        count = cpp.llama_tokenize(self._vocab, data, len(data), tokens, size, bos, special)
        if count < 0:
            raise DecodeFailed("the text could not be tokenised")
        return list(tokens[:count])

    def piece(self, token: int) -> bytes:
        """The bytes a token stands for; empty for special tokens."""
        found = self._pieces.get(token)
        if found is None:
            buffer = ctypes.create_string_buffer(512)
            size = cpp.llama_token_to_piece(self._vocab, token, buffer, len(buffer), 0, False)
            found = self._pieces[token] = buffer.raw[:size] if size > 0 else b""
        return found

    def token_of(self, piece: bytes) -> int | None:
        """The token that stands for exactly these bytes, if there is one."""
        if piece not in self._tokens:
            every = range(self.info.vocabulary)
            self._tokens[piece] = next((token for token in every if self.piece(token) == piece), None)
        return self._tokens[piece]

    def is_end(self, token: int) -> bool:
        """Whether the model ends its answer with this token."""
        return bool(cpp.llama_vocab_is_eog(self._vocab, token))

    def decode(self, tokens: Tokens, positions: Tokens, sequences: Tokens, outputs: NDArray[np.int8]) -> None:
        """Compute one batch; the rows where `outputs` is 1 have logits afterwards.

        Raises:
            DecodeFailed: the batch is lost, and the sequences in it are in an unknown state.
        """
        batch = self._batch.fill(tokens, positions, sequences, outputs)
        status = cpp.llama_decode(self._context, batch)
        if status != 0:
            raise DecodeFailed(f"llama.cpp answered {status}: {last_errors()}")

    def logits(self, rows: int) -> NDArray[np.float32]:
        """The logits of the last batch's outputs, (rows, vocabulary); valid until the next batch."""
        pointer = cpp.llama_get_logits(self._context)
        return np.ctypeslib.as_array(pointer, shape=(rows, self.info.vocabulary))

    def forget(self, sequence: int, start: int = 0) -> bool:
        """Remove a sequence from position `start` on; False if this model's memory cannot be cut there."""
        return bool(cpp.llama_memory_seq_rm(self._memory, sequence, start, -1))

    def share(self, source: int, target: int) -> None:
        """Let sequence `target` begin with all of `source`; needs a unified key-value buffer to cost nothing."""
        cpp.llama_memory_seq_cp(self._memory, source, target, -1, -1)

    def state(self, sequence: int) -> NDArray[np.uint8]:
        """A copy of a sequence's key-value state."""
        size = cpp.llama_state_seq_get_size(self._context, sequence)
        data = np.empty(size, dtype=np.uint8)
        pointer = data.ctypes.data_as(ctypes.POINTER(ctypes.c_uint8))
        written = cpp.llama_state_seq_get_data(self._context, pointer, size, sequence)
        return data[:written]

    def restore(self, sequence: int, data: NDArray[np.uint8]) -> bool:
        """Put a copied state into a sequence; False if there is no room for it."""
        pointer = data.ctypes.data_as(ctypes.POINTER(ctypes.c_uint8))
        return bool(cpp.llama_state_seq_set_data(self._context, pointer, len(data), sequence))

    def sampler(self, generation: Generation) -> Sampler:
        """A sampler for one answer."""
        return Sampler(generation)

    def grammar(self, text: str) -> Grammar:
        """A grammar in GBNF with the rule `root`, at its beginning.

        Raises:
            ValueError: it cannot be parsed.
        """
        return Grammar(self._vocab, text)

    def _describe(self) -> ModelInfo:
        model = self._model
        architecture = self._meta("general.architecture") or "llama"
        heads = max(1, cpp.llama_model_n_head(model))
        dimensions = self._meta(f"{architecture}.rope.dimension_count")
        template = cpp.llama_model_chat_template(model, None)
        buffer = ctypes.create_string_buffer(256)
        cpp.llama_model_desc(model, buffer, len(buffer))
        return ModelInfo(
            description=buffer.value.decode("utf-8", "replace"),
            parameters=cpp.llama_model_n_params(model),
            size_bytes=cpp.llama_model_size(model),
            vocabulary=cpp.llama_vocab_n_tokens(self._vocab),
            trained=Trained(
                context=cpp.llama_model_n_ctx_train(model),
                base=float(self._meta(f"{architecture}.rope.freq_base") or 10_000),
                dimensions=int(dimensions or cpp.llama_model_n_embd(model) // heads),
            ),
            chat_template=template.decode("utf-8", "replace") if template else None,
            bos=self._special(cpp.llama_vocab_bos(self._vocab)),
            eos=self._special(cpp.llama_vocab_eos(self._vocab)),
        )

    def _special(self, token: int) -> str:
        return str(cpp.llama_vocab_get_text(self._vocab, token).decode("utf-8", "replace")) if token >= 0 else ""

    def _meta(self, key: str) -> str | None:
        buffer = ctypes.create_string_buffer(256)
        size = cpp.llama_model_meta_val_str(self._model, key.encode(), buffer, len(buffer))
        return buffer.value.decode("utf-8", "replace") if size >= 0 else None


class _Batch:
    """A llama_batch over arrays of ours, so that it is filled without a Python loop."""

    def __init__(self, size: int) -> None:
        self._token = np.zeros(size, dtype=np.int32)
        self._position = np.zeros(size, dtype=np.int32)
        self._sequence = np.zeros(size, dtype=np.int32)
        self._output = np.zeros(size, dtype=np.int8)
        self._counts = np.ones(size, dtype=np.int32)
        step, first = self._sequence.itemsize, self._sequence.ctypes.data
        self._pointers = first + step * np.arange(size, dtype=np.uint64)
        self._struct = cpp.llama_batch()
        kinds = {field[0]: field[1] for field in cpp.llama_batch._fields_}
        for name, array in (
            ("token", self._token),
            ("pos", self._position),
            ("n_seq_id", self._counts),
            ("seq_id", self._pointers),
            ("logits", self._output),
        ):
            setattr(self._struct, name, ctypes.cast(array.ctypes.data, kinds[name]))

    def fill(self, tokens: Tokens, positions: Tokens, sequences: Tokens, outputs: NDArray[np.int8]) -> Any:
        count = len(tokens)
        self._token[:count] = tokens
        self._position[:count] = positions
        self._sequence[:count] = sequences
        self._output[:count] = outputs
        self._struct.n_tokens = count
        return self._struct


class Grammar:
    """What may come next under a GBNF grammar."""

    def __init__(self, vocab: Any, text: str) -> None:
        self._pointer = cpp.llama_sampler_init_grammar(vocab, text.encode(), b"root")
        if not self._pointer:
            raise ValueError("the grammar cannot be parsed")

    def allows(self, token: int) -> bool:
        """Whether the grammar goes on with this token."""
        return bool(np.isfinite(self.filter(np.array([token]), np.zeros(1, dtype=np.float32))[0]))

    def filter(self, tokens: NDArray[Any], logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """The logits, minus infinity where the grammar does not go on with the token."""
        candidates = _Candidates(tokens, logits)
        cpp.llama_sampler_apply(self._pointer, ctypes.byref(candidates.array))
        return candidates.data["logit"]

    def accept(self, token: int) -> None:
        """Go on with a token. It must be allowed: llama.cpp would end the process otherwise."""
        if not self.allows(token):
            raise ValueError("the grammar does not go on with this token")
        cpp.llama_sampler_accept(self._pointer, token)

    def close(self) -> None:
        """Free it."""
        if self._pointer:
            cpp.llama_sampler_free(self._pointer)
            self._pointer = None


class _Candidates:
    """Candidate tokens as llama.cpp's samplers take them."""

    _kind = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])

    def __init__(self, tokens: NDArray[Any], logits: NDArray[np.float32]) -> None:
        self.data = np.zeros(len(tokens), dtype=self._kind)
        self.data["id"] = tokens
        self.data["logit"] = logits
        pointer = ctypes.cast(self.data.ctypes.data, ctypes.POINTER(cpp.llama_token_data))
        self.array = cpp.llama_token_data_array(data=pointer, size=len(tokens), selected=-1, sorted=False)


class Sampler:
    """Picks the next token: the likeliest at temperature 0, else top-p, temperature and a seeded draw."""

    def __init__(self, generation: Generation) -> None:
        self.greedy = generation.temperature == 0
        self._chain: Any = None
        if self.greedy:
            return
        self._chain = cpp.llama_sampler_chain_init(cpp.llama_sampler_chain_default_params())
        for part in (
            cpp.llama_sampler_init_top_k(_TOP_K),
            cpp.llama_sampler_init_top_p(generation.top_p, 1),
            cpp.llama_sampler_init_temp(generation.temperature),
            cpp.llama_sampler_init_dist(generation.seed),
        ):
            cpp.llama_sampler_chain_add(self._chain, part)

    def pick(self, logits: NDArray[np.float32]) -> int:
        """The next token, from logits over the whole vocabulary.

        Raises:
            NoToken: none of them is finite.
        """
        if self.greedy:
            return int(logits.argmax())
        tokens = np.flatnonzero(np.isfinite(logits))
        if not len(tokens):  # llama.cpp would end the process
            raise NoToken
        candidates = _Candidates(tokens, logits[tokens])
        cpp.llama_sampler_apply(self._chain, ctypes.byref(candidates.array))
        chosen = candidates.array.data[candidates.array.selected].id
        cpp.llama_sampler_accept(self._chain, chosen)
        return int(chosen)

    def close(self) -> None:
        """Free it."""
        if self._chain is not None:
            cpp.llama_sampler_free(self._chain)
            self._chain = None


_TOP_K = 100


def _load_model(options: Options) -> Any:
    if not options.path.is_file():
        raise EngineUnavailable(f"there is no file {options.path}")
    params = cpp.llama_model_default_params()
    params.n_gpu_layers = options.n_gpu_layers
    params.use_extra_bufts = options.repack
    model = cpp.llama_model_load_from_file(str(options.path).encode(), params)
    if not model:
        raise EngineUnavailable(last_errors() or "llama.cpp could not load the file and gave no reason")
    if not cpp.llama_model_has_decoder(model) or cpp.llama_model_has_encoder(model):
        cpp.llama_model_free(model)
        raise EngineUnavailable("the file holds no decoder-only language model")
    return model


def _make_context(model: Any, options: Options, rope: Rope) -> Any:
    params = cpp.llama_context_default_params()
    params.n_ctx = options.n_ctx * options.sequences
    params.n_seq_max = options.sequences
    params.n_batch = options.n_batch
    params.n_ubatch = options.n_ubatch
    params.n_threads = params.n_threads_batch = options.n_threads
    params.type_k = params.type_v = _KV_TYPES[options.kv_type]
    params.flash_attn_type = _FLASH[_flash_attention(options)]
    params.kv_unified = options.kv_unified
    params.rope_scaling_type = _METHODS[rope.method]
    params.rope_freq_base = rope.freq_base
    params.rope_freq_scale = rope.freq_scale
    params.yarn_orig_ctx = rope.original_context
    params.no_perf = True
    context = cpp.llama_init_from_model(model, params)
    if not context:
        raise EngineUnavailable(last_errors() or "llama.cpp could not make a context: is there memory for it?")
    return context


def _flash_attention(options: Options) -> str:
    """`auto` is off on the CPU: there it takes up to twice the time (see docs/llama.md). Quantised values need it."""
    if options.flash_attention != "auto":
        return options.flash_attention
    on_gpu = options.n_gpu_layers != 0 and cpp.llama_supports_gpu_offload()
    return "llama.cpp" if on_gpu or options.kv_type != "f16" else "off"


def as_tokens(tokens: Sequence[int]) -> Tokens:
    """A sequence of tokens as an array."""
    return np.array(tokens, dtype=np.int32)
