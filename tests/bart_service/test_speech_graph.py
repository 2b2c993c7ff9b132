from __future__ import annotations

import numpy as np
import pytest

from bart_service.speech import graph
from bart_service.speech.graph import BadGraph, prepare


def model(*nodes: tuple[str, list[str], str]) -> bytes:
    """A ModelProto of nodes (op, inputs, output) with one float input `x` and its output `y`."""
    body = b"".join(graph._message(1, graph._encoded_node(op, inputs, output)) for op, inputs, output in nodes)
    body += graph._message(2, b"g")
    body += graph._message(11, graph._tensor_info("x")) + graph._message(12, graph._tensor_info("y"))
    opset = graph._message(8, graph._message(1, b"") + graph._number(2, 17))
    return graph._number(1, 8) + opset + graph._message(7, body)


def test_random_nodes_become_inputs_and_rounding_an_output():
    onnxruntime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    prepared = prepare(model(("RandomNormalLike", ["x"], "n"), ("Add", ["x", "n"], "y"), ("Ceil", ["x"], "d")))
    assert (prepared.durations, prepared.noise) == ("d", ("visis_noise_0",))
    session = onnxruntime.InferenceSession(prepared.model, providers=["CPUExecutionProvider"])
    x = np.full((1, 2, 3), 0.5, np.float32)
    noise = np.arange(24, dtype=np.float32).reshape(1, 4, 6)
    y, durations = session.run(["y", "d"], {"x": x, "visis_noise_0": noise})
    assert np.array_equal(y, x + noise[:, :2, :3])
    assert np.array_equal(durations, np.ones((1, 2, 3)))


def test_kokoros_durations_are_those_after_the_least_value():
    assert prepare(model(("Round", ["x"], "r"), ("Clip", ["r"], "c"), ("Add", ["c", "x"], "y"))).durations == "c"


@pytest.mark.parametrize(
    "data",
    [b"", b"not a model", b"\x3a\xff\xff", bytes(100), model(("Add", ["x", "x"], "y")), b"\xff" * 50,
     model(("Ceil", ["x"], "a"), ("Ceil", ["x"], "y")), model(("Ceil", ["x"], "y"))[:-5]],
)  # fmt: skip
def test_what_is_no_voice_is_refused(data):
    with pytest.raises(BadGraph):
        prepare(data)
