"""Models that cannot be loaded, and machines that cannot run them: the service stays up, and says why."""

import json
import signal

import pytest

from benchmarks import llama_gguf
from llama_service import probe
from llama_service.backend import Options
from modelkit.engine import EngineUnavailable


def options(path, **changes):
    return Options(path, **{"n_ctx": 512, "sequences": 3, **changes})


def test_a_sound_model_says_what_it_needs(tiny_model):
    needs = probe.measure(options(tiny_model), 60)
    assert needs.weights > 400_000
    assert needs.state == 2 * 2 * 2 * 16 * 2  # keys and values, layers, heads, width, bytes
    assert needs.bytes(1024, 4) == needs.weights + needs.state * 4096


@pytest.mark.parametrize(("repack", "expected"), [("auto", True), ("on", True), ("off", False)])
def test_a_sound_model_is_tried_as_the_service_will_run_it(tiny_model, repack, expected):
    asked = options(tiny_model)
    found, fallback = probe.usable(asked, repack, 60)
    assert found == Options(**{**vars(asked), "repack": expected})
    assert fallback == ""


@pytest.fixture
def crashing(monkeypatch, tmp_path):
    """A child that dies of SIGILL when its options have one of some values, and otherwise reports success."""
    tried = tmp_path / "tried"

    def make(**values):
        script = tmp_path / "python"
        script.write_text(
            "#!/bin/sh\n"
            f"printf '%s\\n' \"$4\" >> {tried}\n"
            + "".join(
                f'case "$4" in *\'"{name}": {json.dumps(value)}\'*) kill -ILL $$;; esac\n'
                for name, value in values.items()
            )
            + 'echo \'{"tokens": 1, "weights": 1, "state": 1, "gpu": false}\'\n'
        )
        script.chmod(0o755)
        monkeypatch.setattr(probe.sys, "executable", str(script))

    make.tried = lambda: [json.loads(line) for line in tried.read_text().splitlines()]
    return make


def test_a_crash_with_repacked_weights_is_tried_again_without_them(crashing, tmp_path):
    crashing(repack=True)
    found, fallback = probe.usable(options(tmp_path / "m.gguf"), "auto", 60)
    assert not found.repack
    assert fallback == "without repacked weights, with which a trial died of SIGILL"
    assert [one["repack"] for one in crashing.tried()] == [True, False]


def test_a_crash_goes_on_with_fewer_features_step_by_step(crashing, tmp_path):
    crashing(flash_attention="auto")
    asked = options(tmp_path / "m.gguf", n_gpu_layers=30)
    found, fallback = probe.usable(asked, "auto", 60)
    assert (found.repack, found.flash_attention, found.n_gpu_layers) == (False, "off", 30)
    assert "flash attention" in fallback
    assert len(crashing.tried()) == 3


@pytest.mark.parametrize(("repack", "trials"), [("auto", 4), ("on", 3), ("off", 3)])
def test_a_crash_with_every_option_is_the_reason_why_there_is_no_model(crashing, tmp_path, repack, trials):
    crashing(kv_unified=False)
    with pytest.raises(EngineUnavailable, match=r"m\.gguf died of SIGILL"):
        probe.usable(options(tmp_path / "m.gguf", n_gpu_layers=30), repack, 60)
    tried = crashing.tried()
    assert len(tried) == trials
    assert len({json.dumps(one) for one in tried}) == trials
    assert {one["repack"] for one in tried} == {"auto": {True, False}, "on": {True}, "off": {False}}[repack]


def test_models_says_what_the_service_does_without(start, settled, tiny_model, monkeypatch):
    real = probe._run

    def crash_when_repacked(what, options, timeout_s):
        if what == "generate" and options.repack:
            raise probe.Crashed(f"died of {signal.SIGILL.name}")
        return real(what, options, timeout_s)

    monkeypatch.setattr(probe, "_run", crash_when_repacked)
    app = start(tiny_model, slots=1)
    assert settled(app).state == "ready"
    limits = app.test_client().get("/models").json["models"][1]["limits"]
    assert limits["repack"] is False
    assert limits["fallback"] == "without repacked weights, with which a trial died of SIGILL"


def damaged(path, how):
    data = bytearray(path.read_bytes())
    if how == "empty":
        return b""
    if how == "truncated":
        return bytes(data[: len(data) // 2])
    if how == "cut_in_the_header":
        return bytes(data[:100])
    if how == "random":
        return bytes(range(256)) * 64
    if how == "text":
        return b"This is not a model."
    data[8:16] = (2**60).to_bytes(8, "little")  # a count of tensors that no file holds
    return bytes(data)


def measure_and_try(path):
    probe.measure(options(path), 60)
    probe.usable(options(path), "auto", 60)


KINDS = ["empty", "truncated", "cut_in_the_header", "random", "text", "absurd_counts"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_refused_with_a_reason(tiny_model, tmp_path, kind):
    path = tmp_path / "damaged.gguf"
    path.write_bytes(damaged(tiny_model, kind))
    with pytest.raises(EngineUnavailable) as failure:
        measure_and_try(path)
    assert len(str(failure.value)) > 10


def test_a_child_that_dies_or_hangs_is_a_reason_and_no_more(tiny_model, monkeypatch, tmp_path):
    script = tmp_path / "python"
    script.write_text("#!/bin/sh\nkill -ABRT $$\n")
    script.chmod(0o755)
    monkeypatch.setattr(probe.sys, "executable", str(script))
    with pytest.raises(EngineUnavailable, match="SIGABRT"):
        probe.measure(options(tiny_model), 60)
    script.write_text("#!/bin/sh\nexec sleep 60\n")
    with pytest.raises(EngineUnavailable, match="longer than"):
        probe.measure(options(tiny_model), 0.2)


@pytest.mark.parametrize("kind", ["truncated", "random", "architecture"])
def test_a_bad_model_leaves_the_service_alive_with_the_reason_in_readyz(start, settled, tiny_model, tmp_path, kind):
    path = tmp_path / "bad.gguf"
    if kind == "architecture":
        llama_gguf.write(path, architecture="nosucharch")
    else:
        path.write_bytes(damaged(tiny_model, kind))
    app = start(path)
    assert settled(app).state == "failed"
    api = app.test_client()
    assert api.get("/healthz").status_code == 200
    ready = api.get("/readyz")
    assert ready.status_code == 503
    if kind == "architecture":
        assert "nosucharch" in ready.json["checks"]["engine"]
    assert api.post("/summaries", json={"text": "A text."}).status_code == 503
    assert api.post("/summaries", json={"text": "A text.", "engine": "extractive"}).status_code == 200


def test_in_auto_a_bad_model_gives_way_to_the_extractive_engine(start, settled, tmp_path):
    path = tmp_path / "bad.gguf"
    path.write_bytes(b"GGUF")
    app = start(path, engine="auto")
    assert settled(app).state == "failed"
    answer = app.test_client().post("/summaries", json={"text": "A text."})
    assert answer.json["engine"] == "extractive"


def test_a_wrong_checksum_keeps_a_model_from_being_loaded(start, settled, tiny_model):
    app = start(tiny_model, model_sha256="0" * 64)
    assert "SHA-256" in settled(app).problem


def test_a_model_too_large_for_memory_is_refused_in_words():
    probe.require_memory(8 * 2**30, 16 * 2**30)
    probe.require_memory(8 * 2**30, None)
    with pytest.raises(EngineUnavailable, match=r"8\.0 GiB of memory, and 4\.0 GiB"):
        probe.require_memory(8 * 2**30, 4 * 2**30)


def test_a_context_too_large_for_memory_is_refused_in_words(start, settled, tiny_model, monkeypatch):
    monkeypatch.setattr(probe, "available_memory", lambda: 2**30)
    status = settled(start(tiny_model, n_ctx=1_048_576, slots=64))
    assert status.state == "failed"
    assert "GiB" in status.problem


def test_a_context_without_room_for_text_is_refused(start, settled, tiny_model):
    app = start(tiny_model, n_ctx=256)
    assert "LLAMA_N_CTX" in settled(app).problem


@pytest.mark.parametrize(
    ("trained", "free", "expected"),
    [(8192, None, 8192), (131_072, None, 32_768), (8192, 40_000_000, 4096), (8192, 1_000, 2048), (512, None, 512)],
)
def test_a_models_usual_context_is_what_it_was_trained_for_and_memory_holds(trained, free, expected):
    needs = probe.Needs(weights=3_000_000, state=1000, context=trained)
    assert needs.usual_context(4, free) == expected
