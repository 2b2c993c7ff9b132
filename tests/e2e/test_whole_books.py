"""Whole books through the running product: what a reader gets, with every kind of engine."""

from __future__ import annotations

import io

import pytest
import soundfile

from tests.conftest import BOOKS

WAIT = {"Prefer": "wait=100"}


def summarised(product, book, **wanted):
    response = product.post(f"/books/{book['id']}/summaries", json=wanted, headers=WAIT)
    assert response.status_code in (200, 201), response.text
    return response.json()


def seconds_of(product, document):
    audio = product.get(f"/summaries/{document['id']}/audio")
    assert len(audio.content) == document["audio"]["bytes"]
    samples, rate = soundfile.read(io.BytesIO(audio.content))
    return len(samples) / rate


@pytest.mark.parametrize("name", ["pride-and-prejudice.pdf", "pride-and-prejudice.txt"])
def test_a_novel_has_every_chapter_with_pages_points_and_speech(visis, name):
    if not (BOOKS / name).is_file():
        pytest.skip(f"there is no {name} in {BOOKS}")
    with (BOOKS / name).open("rb") as file:
        book = visis.post("/books/import", files={"file": (name, file)}).json()
    made = summarised(visis, book, engine="extractive", points=7, audio=True)
    assert [chapter["number"] for chapter in made["chapters"]] == list(range(1, 62))
    assert all(chapter["summary"] for chapter in made["chapters"])
    firsts = [chapter["first_page"] for chapter in made["chapters"]]
    assert firsts == sorted(firsts)
    assert len({point["text"] for point in made["points"]}) == 7
    every = [*made["sentences"], *made["points"], *(row for one in made["chapters"] for row in one["sentences"])]
    assert made["unsupported"] == 0
    assert all(1 <= page <= book["page_count"] for row in every for page in row["pages"])
    for row in made["sentences"]:
        text = " ".join(visis.get(f"/books/{book['id']}/pages/{page}").json()["text"] for page in row["pages"])
        assert set(row["text"].split()[1:-1]) <= set(text.split())
    assert seconds_of(visis, made) == pytest.approx(made["audio"]["seconds"], abs=1.0)
    captions = visis.get(f"/summaries/{made['id']}/audio.vtt").text
    assert captions.count("-->") == 62 + len(made["sentences"]) + sum(len(one["sentences"]) for one in made["chapters"])


def test_a_recap_has_nothing_from_the_page_about_to_be_read(visis, story):
    book = visis.import_text(story, title="The Lamp, recapped")
    read = [visis.get(f"/books/{book['id']}/pages/{page}").json()["text"] for page in (1, 2)]
    recap = visis.get(f"/books/{book['id']}/recap?page=3").json()
    words = set(" ".join(read).split())
    assert recap["summary"]
    assert all(set(row["text"].split()) <= words and max(row["pages"]) < 3 for row in recap["sentences"])


def test_a_cancelled_job_ends_its_events(visis, story):
    book = visis.import_text(story * 3, title="The Lamp, cancelled")
    job = visis.post(f"/books/{book['id']}/summaries", json={"engine": "extractive", "audio": True}).json()
    stream = visis.get(f"/jobs/{job['id']}/events", stream=True)
    visis.request("DELETE", f"/jobs/{job['id']}")
    assert '"state":"cancelled"' in stream.text or '"state":"succeeded"' in stream.text


def test_tiny_models_with_random_weights_go_through_every_part(start_visis, tmp_path, story):
    tiny = pytest.importorskip("tests.bart_service.tiny")
    gguf = pytest.importorskip("benchmarks.llama_gguf")
    pytest.importorskip("ctranslate2")
    bart_models = pytest.importorskip("bart_service.models")
    pytest.importorskip("llama_cpp")
    models, checkpoint = tmp_path / "models", tiny.save_checkpoint(tmp_path / "checkpoint")
    bart_models.fetch(str(checkpoint), models / "tiny", formats=["int8"])
    llama = gguf.write(tmp_path / "tiny.gguf")
    environ = {
        "BART_ENGINE": "ctranslate2",
        "BART_MODEL": "tiny",
        "BART_MODELS_DIR": str(models),
        "LLAMA_ENGINE": "llama_cpp",
        "LLAMA_MODEL_PATH": str(llama),
        "LLAMA_N_CTX": "1024",
        # What random weights write would be replaced; here it is to reach the summary.
        "BART_CHECK_ANSWERS": "false",
        "LLAMA_CHECK_ANSWERS": "false",
    }
    with start_visis(tmp_path / "home", **environ) as product:
        book = product.import_text(story, title="The Lamp")
        for engine, name in (("bart", "ctranslate2"), ("llama", "llama_cpp")):
            made = summarised(product, book, engine=engine, length="short", points=3, audio=engine == "bart")
            assert made["engine"] == name
            assert made["summary"]
            assert len(made["chapters"]) == 3
            assert made["unsupported"] > 0  # random weights write nonsense, and are caught at it
