"""Prepares a voice's ONNX graph: durations as an output, noise as inputs, so that a sentence always sounds the same.

Works on the protobuf bytes (onnx.proto of ONNX 1.x) and needs no package. A model is copied field by field; only nodes
are looked into, so the weights' cost is one copy.

    Piper (VITS)  durations = output of the only Ceil, frames of 256 samples; its RandomNormalLike nodes become
                  Slice(noise input, zeros, Shape(what they were like))
    Kokoro        durations = output of the Clip after the only Round, frames of 600 samples; it has no random node
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

NOISE = "visis_noise_"
_ZEROS = "visis_zeros"
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_MODEL_GRAPH = 7
_GRAPH_NODE, _GRAPH_INITIALIZER, _GRAPH_INPUT, _GRAPH_OUTPUT = 1, 5, 11, 12
_NODE_INPUT, _NODE_OUTPUT, _NODE_OP = 1, 2, 4
_FLOAT, _INT64 = 1, 7
_RANDOM_RANK = 3  # every random tensor of VITS is (batch, channels, frames)


class BadGraph(ValueError):
    """Not an ONNX model, or not one of a voice whose durations can be read."""


@dataclass(frozen=True)
class Prepared:
    """The changed model, the name of its durations output and the names of its noise inputs in the graph's order."""

    model: bytes
    durations: str
    noise: tuple[str, ...]


@dataclass
class _Node:
    op: str = ""
    inputs: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)


def prepare(model: bytes) -> Prepared:
    """Add the durations output, and replace random nodes by noise inputs. Raises BadGraph."""
    data = memoryview(model)
    try:
        graph = next((body for number, _, body in _fields(data) if number == _MODEL_GRAPH), None)
        if graph is None:
            raise BadGraph("the file holds no graph")
        return _prepared(data, graph)
    except (IndexError, UnicodeDecodeError) as error:
        raise BadGraph("the file is not an ONNX model") from error


def _prepared(data: memoryview, graph: memoryview) -> Prepared:
    kept: list[bytes | memoryview] = []
    nodes: list[_Node] = []
    noise: list[str] = []
    for number, whole, body in _fields(graph):
        if number == _GRAPH_NODE:
            node = _node(body)
            nodes.append(node)
            if node.op == "RandomNormalLike":
                name = f"{NOISE}{len(noise)}"
                noise.append(name)
                kept.extend(_sliced(node, name))
                continue
        kept.append(whole)
    durations = _durations(nodes)
    kept.append(_message(_GRAPH_OUTPUT, _message(1, durations.encode())))
    kept.extend(_message(_GRAPH_INPUT, _tensor_info(name)) for name in noise)
    if noise:
        kept.append(_message(_GRAPH_INITIALIZER, _zeros()))
    rest = [whole for number, whole, _ in _fields(data) if number != _MODEL_GRAPH]
    return Prepared(b"".join([*rest, _message(_MODEL_GRAPH, b"".join(kept))]), durations, tuple(noise))


def _durations(nodes: Sequence[_Node]) -> str:
    """Where the graph rounds its durations: once, up (VITS) or to the nearest with a least value of one (Kokoro)."""
    rounding = [node for node in nodes if node.op in ("Ceil", "Round")]
    if len(rounding) != 1:
        raise BadGraph(f"the graph rounds {len(rounding)} times, so its durations are not known")
    name = rounding[0].outputs[0]
    clipped = next((node for node in nodes if node.op == "Clip" and node.inputs[0] == name), None)
    return clipped.outputs[0] if clipped and rounding[0].op == "Round" else name


def _sliced(random: _Node, noise: str) -> Iterator[bytes]:
    shape = f"{noise}_shape"
    yield _message(_GRAPH_NODE, _encoded_node("Shape", random.inputs, shape))
    yield _message(_GRAPH_NODE, _encoded_node("Slice", [noise, _ZEROS, shape], random.outputs[0]))


def _encoded_node(op: str, inputs: Sequence[str], output: str) -> bytes:
    named = b"".join(_message(_NODE_INPUT, name.encode()) for name in inputs)
    return named + _message(_NODE_OUTPUT, output.encode()) + _message(_NODE_OP, op.encode())


def _tensor_info(name: str) -> bytes:
    """ValueInfoProto of a float tensor of rank three without known sizes."""
    shape = b"".join(_message(1, b"") for _ in range(_RANDOM_RANK))
    tensor = _number(1, _FLOAT) + _message(2, shape)
    return _message(1, name.encode()) + _message(2, _message(1, tensor))


def _zeros() -> bytes:
    """TensorProto of one int64 zero for each dimension."""
    return (
        _number(1, _RANDOM_RANK)
        + _number(2, _INT64)
        + _message(8, _ZEROS.encode())
        + _message(9, bytes(8 * _RANDOM_RANK))
    )


def _node(body: memoryview) -> _Node:
    node = _Node()
    for number, _, value in _fields(body):
        if number == _NODE_INPUT:
            node.inputs.append(str(value, "utf-8"))
        elif number == _NODE_OUTPUT:
            node.outputs.append(str(value, "utf-8"))
        elif number == _NODE_OP:
            node.op = str(value, "utf-8")
    return node


def _fields(data: memoryview) -> Iterator[tuple[int, memoryview, memoryview]]:
    """Field number, the whole field, and its body (of a field of bytes)."""
    position = 0
    while position < len(data):
        start = position
        key, position = _varint(data, position)
        body = position
        kind = key & 7
        if kind == _VARINT:
            _, position = _varint(data, position)
        elif kind == _BYTES:
            size, body = _varint(data, position)
            position = body + size
        elif kind in (_FIXED64, _FIXED32):
            position += 8 if kind == _FIXED64 else 4
        else:
            raise BadGraph("the file is not an ONNX model")
        if position > len(data):
            raise BadGraph("the file is cut off")
        yield key >> 3, data[start:position], data[body:position]


def _varint(data: memoryview, position: int) -> tuple[int, int]:
    value = shift = 0
    while shift < 64:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7
    raise BadGraph("the file is not an ONNX model")


def _encoded(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def _number(number: int, value: int) -> bytes:
    return _encoded(number << 3 | _VARINT) + _encoded(value)


def _message(number: int, body: bytes) -> bytes:
    return _encoded(number << 3 | _BYTES) + _encoded(len(body)) + body
