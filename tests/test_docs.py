"""What the documentation says is so: links resolve, tables are fresh, examples name routes that exist."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from deploy import doc_tables
from gateway.app import create_app
from gateway.config import Settings

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
README = (ROOT / "README.md").read_text(encoding="utf-8")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
FILE = re.compile(r"(?<![\w/.])(?:[\w.]+/)+\w+\.(?:py|json|md|yaml|yml|ts|sh)\b")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> set[str]:
    text = page.read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", text), re.MULTILINE)
    slugs = {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}
    return slugs | set(re.findall(r'id="([^"]+)"', text))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_relative_links_resolve(page: Path) -> None:
    for link in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
        parts = urlsplit(link)
        if parts.scheme:
            continue
        target = (page.parent / parts.path).resolve() if parts.path else page
        assert target.exists(), f"{page.name} links to {link}"
        if parts.fragment and target.suffix == ".md":
            assert parts.fragment in anchors(target), f"{page.name} links to {link}"


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "SECURITY.md", "docs/architecture.md"])
def test_the_files_that_a_page_names_exist(page: str) -> None:
    path = ROOT / page
    named = set(FILE.findall(path.read_text(encoding="utf-8")))
    assert named
    assert not [name for name in named if not (ROOT / name).exists() and not (path.parent / name).exists()]


def test_generated_tables_are_fresh(capsys: pytest.CaptureFixture[str]) -> None:
    assert doc_tables.main(["--check"]) == 0, capsys.readouterr().err


def test_the_readme_names_every_setting_of_every_service() -> None:
    for service in doc_tables.SERVICES:
        cls = doc_tables.settings_class(service)
        for name, field in cls.names():
            assert f"| `{name}` |" in README
            assert cls.model_fields[field].description, name


def test_every_value_of_a_setting_that_the_readme_mentions_belongs_to_a_setting() -> None:
    known = {name for service in doc_tables.SERVICES for name, _ in doc_tables.settings_class(service).names()}
    prose = README.split(doc_tables.BEGIN)[0]
    mentioned = set(re.findall(r"\b(?:GATEWAY|RUNNER|CATALOG|BART|LLAMA|VISIS)_[A-Z_]+\b", prose))
    assert mentioned <= known | {f"{name}_FILE" for name in known}


def examples() -> list[list[str]]:
    """Every curl command of the README, split as a shell does."""
    blocks = re.findall(r"```(?:bash|console)\n(.*?)```", README, re.DOTALL)
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    return [shlex.split(line.removeprefix("$ "), comments=True) for line in lines if "curl " in line]


@pytest.fixture(scope="module")
def routes() -> dict[str, set[str]]:
    """Path template to methods, from the gateway's own document."""
    spec = create_app(Settings()).test_client().get("/openapi.json").get_json()
    return {path: {method.upper() for method in item} for path, item in spec["paths"].items()}


def test_there_are_examples() -> None:
    assert len(examples()) >= 8


@pytest.mark.parametrize("words", examples(), ids=lambda words: " ".join(words)[:80])
def test_an_example_names_a_route_that_exists(words: list[str], routes: dict[str, set[str]]) -> None:
    address = next(word for word in words if word.startswith("http"))
    sends = any(word in ("-d", "-F", "--data") for word in words)
    method = words[words.index("-X") + 1] if "-X" in words else "POST" if sends else "GET"
    path = urlsplit(address).path
    templates = [one for one in routes if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", one), path)]
    assert any(method in routes[one] for one in templates), f"{method} {path}"


@pytest.mark.parametrize("words", [words for words in examples() if "-d" in words], ids=lambda words: words[-1][:40])
def test_the_json_of_an_example_is_json(words: list[str]) -> None:
    assert json.loads(words[words.index("-d") + 1])


def test_the_settings_of_the_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"\bmake ([a-z-]+)", README):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_stale_tables_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "README.md").write_text(f"before\n{doc_tables.BEGIN}\nold\n{doc_tables.END}\nafter\n")
    monkeypatch.setattr(doc_tables, "ROOT", tmp_path)
    assert doc_tables.main(["--check"]) == 1
    assert "old" in (tmp_path / "README.md").read_text()
    assert doc_tables.main([]) == 0
    assert doc_tables.main(["--check"]) == 0
    text = (tmp_path / "README.md").read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
