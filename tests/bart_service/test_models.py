"""Fetching models: real code against a real HTTP server that behaves like a hub, on this machine."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

import pytest

from bart_service import models, store
from bart_service.hub import Hub, HubError, HubFile

REPO, COMMIT = "owner/tiny", "c0ffee" * 6 + "beef"


class FakeHub(ThreadingHTTPServer):
    """Serves the files of `.revisions[revision]`; `.cut_after` bytes, a download's connection is dropped once."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.revisions: dict[str, dict[str, bytes]] = {}
        self.discussions: list[dict[str, object]] = []
        self.lfs: set[str] = {models.WEIGHTS}
        self.cut_after: int | None = None
        self.statuses: list[int] = []
        self.damaged: set[str] = set()
        self.asked: list[tuple[str, str | None]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: FakeHub

    def do_GET(self) -> None:
        path = unquote(self.path)
        self.server.asked.append((path, self.headers.get("Range")))
        if self.server.statuses:
            self._send(self.server.statuses.pop(0), b"{}")
        elif path.startswith(f"/api/models/{REPO}/revision/"):
            revision = path.rpartition("/revision/")[2]
            self._json({"sha": f"{revision}-{COMMIT}".replace("/", "-")} if revision in self.server.revisions else None)
        elif path.startswith(f"/api/models/{REPO}/tree/"):
            self._json([self._entry(name, data) for name, data in self._files(path.rpartition("/")[2]).items()])
        elif path == f"/api/models/{REPO}/discussions":
            self._json({"discussions": self.server.discussions})
        elif path.startswith(f"/{REPO}/resolve/"):
            commit, name = path.removeprefix(f"/{REPO}/resolve/").split("/", 1)
            self._file(name, self._files(commit)[name])
        else:
            self._send(404, b"{}")

    def _files(self, commit: str) -> dict[str, bytes]:
        return next(
            files
            for revision, files in self.server.revisions.items()
            if commit == f"{revision}-{COMMIT}".replace("/", "-")
        )

    def _entry(self, name: str, data: bytes) -> dict[str, object]:
        blob = hashlib.sha1(f"blob {len(data)}\0".encode() + data).hexdigest()
        entry: dict[str, object] = {"type": "file", "path": name, "size": len(data), "oid": blob}
        if name in self.server.lfs:
            entry["lfs"] = {"oid": hashlib.sha256(data).hexdigest(), "size": len(data)}
        return entry

    def _file(self, name: str, data: bytes) -> None:
        if name in self.server.damaged:
            data = bytes(len(data))
        start = int((self.headers.get("Range") or "bytes=0-")[6:-1])
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        body = data[start:]
        if self.server.cut_after is not None and len(body) > self.server.cut_after:
            body, self.server.cut_after = body[: self.server.cut_after], None
            self.close_connection = True
        self.wfile.write(body)

    def _json(self, value: object) -> None:
        self._send(404 if value is None else 200, json.dumps(value).encode())

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def fake(checkpoint: Path) -> Iterator[FakeHub]:
    server = FakeHub()
    server.revisions["main"] = {path.name: path.read_bytes() for path in checkpoint.iterdir()}
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def fetch(fake: FakeHub, folder: Path, revision: str = "main", formats: tuple[str, ...] = ()) -> store.Manifest:
    return models.fetch(REPO, folder, revision=revision, formats=list(formats), hub=Hub(fake.address, pause_s=0.01))


def downloads(fake: FakeHub) -> list[tuple[str, str | None]]:
    return [(path.rpartition("/")[2], given) for path, given in fake.asked if "/resolve/" in path]


def test_a_model_of_the_hub_is_whole_and_converted(fake, tmp_path):
    made = fetch(fake, tmp_path / "tiny", formats=("int8",))
    assert (made.source, made.revision) == (REPO, f"main-{COMMIT}")
    assert made.formats() == ["int8"]
    assert {"ctranslate2", "torch", "transformers"} <= set(made.tools)
    for part in ("hf", "ct2-int8"):
        store.verify(tmp_path / "tiny", store.read(tmp_path / "tiny"), part)


def test_a_dropped_connection_is_continued_where_it_stopped(fake, tmp_path):
    fake.cut_after = 300_000
    fetch(fake, tmp_path / "tiny")
    assert (models.WEIGHTS, "bytes=262144-") in downloads(fake)


def test_a_second_fetch_downloads_nothing_that_is_right(fake, tmp_path):
    fetch(fake, tmp_path / "tiny")
    fake.asked.clear()
    (tmp_path / "tiny/hf/config.json").write_text("{}")
    fetch(fake, tmp_path / "tiny")
    assert downloads(fake) == [("config.json", None)]


@pytest.mark.parametrize("name", [models.WEIGHTS, "config.json"])
def test_a_wrong_checksum_is_refused_and_there_is_no_manifest(fake, tmp_path, name):
    fake.damaged.add(name)
    with pytest.raises(HubError, match=f"{name}: its checksum is wrong"):
        fetch(fake, tmp_path / "tiny")
    assert not store.is_there(tmp_path / "tiny")
    fake.damaged.clear()
    assert fetch(fake, tmp_path / "tiny").name == "tiny"


def test_a_hub_that_is_busy_is_asked_again(fake, tmp_path):
    fetch(fake, tmp_path / "tiny")
    (tmp_path / "tiny/hf" / models.WEIGHTS).unlink()
    hub, files = Hub(fake.address, pause_s=0.01), Hub(fake.address).files(REPO, f"main-{COMMIT}")
    weights = next(file for file in files if file.path == models.WEIGHTS)
    fake.statuses = [429, 503]
    hub.download(REPO, f"main-{COMMIT}", weights, tmp_path / "tiny/hf" / models.WEIGHTS, lambda *_: None)
    assert fake.statuses == []


def test_a_file_longer_than_announced_is_refused(fake, tmp_path):
    short = HubFile("config.json", 10, None, "0")
    with pytest.raises(HubError, match="longer"):
        Hub(fake.address).download(REPO, f"main-{COMMIT}", short, tmp_path / "config.json", lambda *_: None)


@pytest.mark.parametrize(("status", "says"), [(401, "HF_TOKEN"), (403, "HF_TOKEN"), (404, "no such"), (418, "418")])
def test_what_the_hub_refuses_is_told_in_one_line(fake, tmp_path, status, says):
    fake.statuses = [status]
    with pytest.raises(HubError, match=says):
        fetch(fake, tmp_path / "tiny")


def test_a_hub_that_cannot_be_reached_keeps_the_model_that_is_there(fake, tmp_path):
    fetch(fake, tmp_path / "tiny")
    with pytest.raises(HubError, match="cannot be reached"):
        models.fetch(REPO, tmp_path / "tiny", formats=[], hub=Hub("http://127.0.0.1:9"))
    assert store.is_there(tmp_path / "tiny")


def test_pickled_weights_are_refused(fake, tmp_path):
    files = fake.revisions["main"]
    files["pytorch_model.bin"] = files.pop(models.WEIGHTS)
    with pytest.raises(models.FetchError, match="pickle"):
        fetch(fake, tmp_path / "tiny")
    assert not any(file.endswith(".bin") for file, _ in downloads(fake))


def test_the_hubs_own_conversion_is_taken_where_main_has_only_a_pickle(fake, tmp_path):
    whole = fake.revisions["main"]
    fake.revisions["refs/pr/7"] = whole
    fake.revisions["main"] = {name: data for name, data in whole.items() if name != models.WEIGHTS} | {"x.bin": b"x"}
    title = "Adding `safetensors` variant of this model"
    fake.discussions = [
        {"num": 6, "isPullRequest": True, "title": title, "author": {"name": "stranger"}},
        {"num": 7, "isPullRequest": True, "title": title, "author": {"name": "SFconvertbot"}},
    ]
    assert fetch(fake, tmp_path / "tiny").revision == f"refs-pr-7-{COMMIT}"


def test_an_older_tokenizer_is_written_as_one_file(fake, tmp_path):
    files = fake.revisions["main"]
    made = json.loads(files.pop("tokenizer.json"))["model"]
    files["vocab.json"] = json.dumps({**made["vocab"], "<mask>": len(made["vocab"])}).encode()
    merges = [merge if isinstance(merge, str) else " ".join(merge) for merge in made["merges"]]
    files["merges.txt"] = ("#version: 0.2\n" + "\n".join(merges)).encode()
    fetch(fake, tmp_path / "old")
    from tokenizers import Tokenizer

    old = Tokenizer.from_file(str(tmp_path / "old/hf/tokenizer.json"))
    expected = Tokenizer.from_str(json.dumps(json.loads(tiny_tokenizer(made))))
    text = "The captain saw the harbour, and 日本語."
    assert old.encode(text).ids == expected.encode(text).ids


def tiny_tokenizer(made: dict[str, object]) -> str:
    from tokenizers import Tokenizer, pre_tokenizers, processors
    from tokenizers import models as kinds

    merges = [tuple(merge.split(" ", 1)) if isinstance(merge, str) else tuple(merge) for merge in made["merges"]]
    tokenizer = Tokenizer(kinds.BPE(vocab=made["vocab"], merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
    return tokenizer.to_str()


@pytest.mark.parametrize("lost", ["config.json", models.WEIGHTS, "tokenizer.json"])
def test_a_folder_that_lacks_a_file_is_refused(checkpoint, tmp_path, lost):
    source = tmp_path / "source"
    source.mkdir()
    for path in checkpoint.iterdir():
        if path.name != lost:
            (source / path.name).write_bytes(path.read_bytes())
    with pytest.raises(models.FetchError, match=r"has no|tokenizer"):
        models.fetch(str(source), tmp_path / "m", formats=[], hub=Hub("http://127.0.0.1:9"))
    assert not store.is_there(tmp_path / "m")


@pytest.mark.parametrize("data", [b"", b"short", b"\x08\0\0\0\0\0\0\0{}      "])
def test_cut_off_weights_in_a_folder_are_refused(checkpoint, tmp_path, data):
    source = tmp_path / "source"
    source.mkdir()
    for path in checkpoint.iterdir():
        (source / path.name).write_bytes(data if path.name == models.WEIGHTS else path.read_bytes())
    with pytest.raises(models.FetchError, match=models.WEIGHTS):
        models.fetch(str(source), tmp_path / "m", formats=[], hub=Hub("http://127.0.0.1:9"))


def test_the_command_fetches_and_lists(fake, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("VISIS_HOME", str(tmp_path))
    monkeypatch.setenv("HF_ENDPOINT", fake.address)
    assert models.main(["fetch", REPO, "--name", "mine", "--compute-type", "float32"]) == 0
    assert models.main(["list"]) == 0
    assert f"mine\tok\t{REPO}@main-{COMMIT}\tfloat32" in capsys.readouterr().out
    (tmp_path / "models/bart/mine/hf/config.json").write_text("{}")
    assert models.main(["list"]) == 1
    assert "hf/config.json is damaged" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["fetch", "nonsense"], ["fetch", "a/b", "--name", "../up"], ["fetch", "a/.."]])
def test_the_command_says_in_one_line_what_is_wrong(arguments, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("VISIS_HOME", str(tmp_path))
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert models.main(arguments) in (1, 2)
    assert "Traceback" not in capsys.readouterr().err
    assert not (tmp_path / "up").exists()
