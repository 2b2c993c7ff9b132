"""The TypeScript client: fresh, strict, tested without a server, and used on the running product by its example."""

from __future__ import annotations

import json
import re

import pytest

from benchmarks import catalog_corpus as corpus
from tests.contract.node import CLIENT, ROOT, node, npx

OPERATIONS = re.compile(r'^  (\w+): \["', re.MULTILINE)
FOR_OPERATORS = {"read_health", "read_metrics"}


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder of the compiled client."""
    folder = tmp_path_factory.mktemp("client")
    done = npx("tsc", "--outDir", str(folder))
    assert done.returncode == 0, done.stdout
    (folder / "package.json").write_text('{"type": "module"}')
    return str(folder)


def test_the_types_are_those_of_the_committed_document() -> None:
    done = node("generate.mjs", "--check")
    assert done.returncode == 0, done.stderr


def test_the_client_passes_its_own_tests(compiled: str) -> None:
    done = node("--test", f"{compiled}/test/client.test.js")
    assert done.returncode == 0, done.stdout
    assert "# pass 0" not in done.stdout


def test_a_misspelt_field_does_not_compile(tmp_path) -> None:
    program = tmp_path / "wrong.ts"
    program.write_text(
        f'import {{ Visis }} from "{CLIENT}/src/index.js";\n'
        'const page = await new Visis().call("read_page", { path: { book_id: 1, page_number: 1 } });\n'
        "console.log(page.tekst);\n"
    )
    done = npx("tsc", "--noEmit", "--strict", "--module", "nodenext", "--target", "es2022", str(program))
    assert done.returncode != 0
    assert "Property 'tekst' does not exist" in done.stdout


def test_the_example_uses_every_main_operation() -> None:
    known = set(OPERATIONS.findall((CLIENT / "src" / "api.ts").read_text(encoding="utf-8")))
    used = set(re.findall(r'"(\w+)"', (CLIENT / "example.ts").read_text(encoding="utf-8")))
    assert len(known) > 40
    assert known - used == FOR_OPERATORS


def test_the_example_runs_on_the_product(visis, compiled: str, tmp_path) -> None:
    pdf = tmp_path / "pages.pdf"
    pdf.write_bytes(corpus.pdf(["One fish.\nTwo fish.", "Red fish."], image=True))
    story = ROOT / "deploy" / "sample-story.txt"
    done = node(f"{compiled}/example.js", visis.address, str(story), str(pdf))
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["engine"] == "extractive"
    assert {"chapter", "points", "progress", "stage", "state", "summary"} <= set(seen["events"])
    assert seen["refused"] == ["text"]
    assert seen["sentences"] > 0
    assert seen["seconds"] > 1
    assert seen["models"] >= 2
