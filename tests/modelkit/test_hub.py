"""Fetching files: huggingface_hub itself, against a server that behaves like a hub and sometimes does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelkit import hub
from modelkit.hub import FetchError, Hub
from tests.modelkit.hub_server import REPO, FakeHub, commit_of

pytest.importorskip("huggingface_hub", reason="the models extra is not installed")


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library keeps whole chunks of what broke off: by default of 10 MB."""
    monkeypatch.setattr("huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE", 1000)


def fetch(folder: Path, *names: str, revision: str = "main") -> None:
    found = Hub().snapshot(REPO, revision)
    Hub(pause_s=0.01).download(found, names or found.files, folder)


def test_files_are_fetched_whole_and_nothing_else_is_left_in_the_folder(hub_server: FakeHub, tmp_path: Path) -> None:
    fetch(tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == hub_server.revisions["main"]


def test_a_snapshot_names_the_commit_of_its_revision(hub_server: FakeHub) -> None:
    hub_server.revisions["refs/pr/1"] = hub_server.revisions["main"]
    assert Hub().snapshot(REPO).commit == commit_of("main")
    assert Hub().snapshot(REPO, "refs/pr/1").commit == commit_of("refs/pr/1")


def test_a_broken_download_goes_on_where_it_stopped(hub_server: FakeHub, tmp_path: Path) -> None:
    hub_server.cuts = 2
    fetch(tmp_path, "weights.bin")
    assert (tmp_path / "weights.bin").read_bytes() == hub_server.revisions["main"]["weights.bin"]
    starts = [given and int(given[6:-1]) for _, given in hub_server.downloads()]
    assert starts == [None, 512_000, 768_000]


def test_a_later_run_goes_on_with_what_an_earlier_one_left(hub_server: FakeHub, tmp_path: Path) -> None:
    hub_server.cuts = 5
    with pytest.raises(FetchError, match="goes on where it stopped"):
        fetch(tmp_path, "weights.bin")
    assert not (tmp_path / "weights.bin").exists()
    before = len(hub_server.downloads())
    fetch(tmp_path, "weights.bin")
    assert [given for _, given in hub_server.downloads()[before:]] == ["bytes=992000-"]


def test_a_hub_without_ranges_begins_again(hub_server: FakeHub, tmp_path: Path) -> None:
    hub_server.cuts, hub_server.ranges = 1, False
    fetch(tmp_path, "weights.bin")
    assert (tmp_path / "weights.bin").read_bytes() == hub_server.revisions["main"]["weights.bin"]


def test_what_is_there_and_right_is_kept_and_what_is_wrong_is_fetched(hub_server: FakeHub, tmp_path: Path) -> None:
    fetch(tmp_path)
    hub_server.asked.clear()
    (tmp_path / "config.json").write_text("{}")
    fetch(tmp_path)
    assert hub_server.downloads() == [("config.json", None)]


@pytest.mark.parametrize("name", ["weights.bin", "config.json"])
def test_a_file_with_a_wrong_checksum_is_deleted(hub_server: FakeHub, tmp_path: Path, name: str) -> None:
    hub_server.damaged.add(name)
    with pytest.raises(FetchError, match=f"{name}: its checksum is wrong"):
        fetch(tmp_path, name)
    assert not (tmp_path / name).exists()
    hub_server.damaged.clear()
    fetch(tmp_path, name)
    assert (tmp_path / name).is_file()


def test_a_file_longer_than_announced_is_deleted_and_not_resumed(hub_server: FakeHub, tmp_path: Path) -> None:
    hub_server.longer.add("config.json")
    with pytest.raises(FetchError, match=r"config\.json: its size is wrong"):
        fetch(tmp_path, "config.json")
    hub_server.longer.clear()
    fetch(tmp_path, "config.json")
    assert (tmp_path / "config.json").read_bytes() == b'{"a": 1}'


def test_a_hub_that_fails_for_a_moment_is_asked_again(hub_server: FakeHub, tmp_path: Path, monkeypatch) -> None:
    found = Hub().snapshot(REPO)
    monkeypatch.setattr("huggingface_hub.utils._http.time.sleep", lambda seconds: None)
    hub_server.statuses = [503, 429, 503]
    Hub(pause_s=0.01).download(found, ["config.json"], tmp_path)
    assert hub_server.statuses == []
    assert (tmp_path / "config.json").is_file()


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (401, "set HF_TOKEN"),
        (403, "set HF_TOKEN"),
        (404, "no such model"),
        (429, "limits requests"),
        (418, "answered 418"),
        (500, "answered 500"),
    ],
)
def test_what_the_hub_refuses_is_one_line_for_the_operator(hub_server: FakeHub, status: int, says: str) -> None:
    hub_server.statuses = [status]
    with pytest.raises(FetchError, match=says) as caught:
        Hub().snapshot(REPO)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_file_that_the_hub_refuses_is_named(hub_server: FakeHub, tmp_path: Path, status: int) -> None:
    found = Hub().snapshot(REPO)
    hub_server.statuses = [status] * 3
    with pytest.raises(FetchError, match=r"config\.json: the hub"):
        Hub(pause_s=0.01).download(found, ["config.json"], tmp_path)


@pytest.mark.parametrize(("repo", "revision"), [("nobody/nothing", "main"), (REPO, "nowhere")])
def test_a_model_or_revision_that_is_not_there_is_named(hub_server: FakeHub, repo: str, revision: str) -> None:
    with pytest.raises(FetchError, match=f"{repo}: the hub has no such model"):
        Hub().snapshot(repo, revision)


@pytest.mark.parametrize("name", ["nonsense with spaces", "a/b/c", "../up"])
def test_what_is_no_name_of_a_model_is_refused_before_any_call(hub_server: FakeHub, name: str) -> None:
    with pytest.raises(FetchError, match="OWNER/NAME"):
        Hub().snapshot(name)
    assert hub_server.asked == []


def test_a_hub_that_cannot_be_reached_says_what_to_set(monkeypatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(FetchError, match=r"http://127\.0\.0\.1:9 cannot be reached.*HF_ENDPOINT"):
        Hub().snapshot(REPO)


def test_a_server_that_is_no_hub_is_named(hub_server: FakeHub) -> None:
    hub_server.not_a_hub = True
    with pytest.raises(FetchError, match="does not answer as a model hub"):
        Hub().snapshot(REPO)


def test_the_token_of_the_environment_is_sent(hub_server: FakeHub, monkeypatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    Hub().snapshot(REPO)
    assert hub_server.tokens == {"Bearer hf_secret"}


def test_the_hubs_own_conversion_is_found_among_the_pull_requests(hub_server: FakeHub) -> None:
    title = "Adding `safetensors` variant of this model"
    about = {"isPullRequest": True, "title": title, "status": "open", "createdAt": "2023-01-01T00:00:00.000Z",
             "repo": {"name": REPO, "type": "model"}}  # fmt: skip
    assert Hub().safetensors_revision(REPO) is None
    hub_server.discussions = [
        {"num": 6, **about, "author": {"name": "stranger"}},
        {"num": 7, **about, "author": {"name": "SFconvertbot"}},
    ]
    assert Hub().safetensors_revision(REPO) == "refs/pr/7"


def test_without_the_library_fetching_says_what_to_install(monkeypatch) -> None:
    monkeypatch.setattr(hub, "find_spec", lambda name: None)
    with pytest.raises(FetchError, match=r"visis\[models\]"):
        Hub().snapshot(REPO)
