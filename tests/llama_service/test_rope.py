"""RoPE scaling: the arithmetic, and that every knob really changes what llama.cpp computes."""

import numpy as np
import pytest

from llama_service.backend import Backend, Options, as_tokens
from llama_service.rope import Rope, Trained, plan
from modelkit.engine import EngineUnavailable

TRAINED = Trained(context=2048, base=10_000.0, dimensions=16)


def test_none_leaves_everything_to_the_model():
    assert plan("none", 2.0, 100_000, TRAINED) == Rope()


def test_linear_divides_positions_by_the_factor():
    rope = plan("linear", 2.0, 4096, TRAINED)
    assert (rope.method, rope.freq_scale, rope.freq_base) == ("linear", 0.5, 0.0)


def test_yarn_also_says_what_the_model_was_trained_for():
    rope = plan("yarn", 4.0, 8192, TRAINED)
    assert (rope.method, rope.freq_scale, rope.original_context) == ("yarn", 0.25, 2048)


def test_ntk_enlarges_the_base_by_the_published_formula():
    rope = plan("ntk", 2.0, 4096, TRAINED)
    assert rope.freq_base == pytest.approx(10_000 * 2 ** (16 / 14))


def test_dynamic_takes_its_factor_from_the_context_asked_for():
    rope = plan("dynamic", 1000.0, 6144, TRAINED)
    assert rope.factor == 3.0
    assert rope.freq_base == pytest.approx(10_000 * 3 ** (16 / 14))


@pytest.mark.parametrize("scaling", ["linear", "yarn", "ntk", "dynamic"])
def test_scaling_is_refused_where_the_context_fits_unless_forced(scaling):
    with pytest.raises(EngineUnavailable, match="LLAMA_ROPE_SCALING"):
        plan(scaling, 2.0, 2048, TRAINED)
    assert plan(scaling, 2.0, 2048, TRAINED, force=True).scaling == scaling


def logits(path, **options):
    backend = Backend(Options(path, n_ctx=4096, n_batch=64, n_ubatch=64, **options))
    tokens = as_tokens(backend.tokenize("The keeper counted the ships of the northern coast.", bos=True))
    outputs = np.zeros(len(tokens), dtype=np.int8)
    outputs[-1] = 1
    backend.decode(tokens, np.arange(len(tokens)) + 2500, np.zeros_like(tokens), outputs)
    found = backend.logits(1)[0].copy()
    backend.close()
    return found


KNOBS = [
    {"rope_scaling": "linear", "rope_factor": 2.0},
    {"rope_scaling": "linear", "rope_factor": 4.0},
    {"rope_scaling": "yarn", "rope_factor": 2.0},
    {"rope_scaling": "ntk", "rope_factor": 2.0},
    {"rope_scaling": "ntk", "rope_factor": 3.0},
]


def test_every_knob_changes_the_logits_and_no_two_are_alike(tiny_model):
    plain = logits(tiny_model)
    assert np.array_equal(plain, logits(tiny_model))
    found = [plain, *(logits(tiny_model, **knob) for knob in KNOBS)]
    for index, one in enumerate(found):
        for other in found[index + 1 :]:
            assert np.abs(one - other).max() > 1e-3


def test_dynamic_equals_ntk_with_the_factor_of_the_context(tiny_model):
    dynamic = logits(tiny_model, rope_scaling="dynamic")
    assert np.array_equal(dynamic, logits(tiny_model, rope_scaling="ntk", rope_factor=2.0))


def test_the_effective_values_are_shown_in_models(start, settled, tiny_model):
    app = start(tiny_model, n_ctx=3000, slots=1, rope_scaling="dynamic")
    assert settled(app).state == "ready"
    limits = app.test_client().get("/models").json["models"][1]["limits"]
    assert limits["rope_scaling"] == "dynamic"
    assert limits["rope_factor"] == 1.5
    assert limits["rope_freq_base"] == pytest.approx(10_000 * 1.5 ** (16 / 14))


def test_a_refused_scaling_keeps_the_service_up_and_readyz_says_why(start, settled, tiny_model):
    app = start(tiny_model, n_ctx=1024, rope_scaling="linear")
    assert settled(app).state == "failed"
    ready = app.test_client().get("/readyz")
    assert ready.status_code == 503
    assert "LLAMA_ROPE_SCALING" in ready.json["checks"]["engine"]
    assert app.test_client().get("/healthz").status_code == 200
