"""openapi-python-client reads the document without a warning, and what it writes works."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import catalog_corpus as corpus
from deploy import api_document
from tests.contract.node import ROOT

PROGRAM = """
import sys
from book_client import Client
from book_client.api.books import import_book, read_book
from book_client.api.reading import read_page_image, read_page_text
from book_client.models import Book, ImportForm
from book_client.types import File

client = Client(base_url=sys.argv[1], raise_on_unexpected_status=True)
with open(sys.argv[2], "rb") as payload:
    form = ImportForm(file=File(payload=payload, file_name="pages.pdf", mime_type="application/pdf"))
    book = import_book.sync(client=client, body=form)
assert isinstance(book, Book), book
assert read_book.sync(book.id, client=client) == book
assert "One fish." in read_page_text.sync(book.id, 1, client=client)
assert read_page_image.sync(book.id, 1, client=client, width=100).payload.read().startswith(b"\\x89PNG")
"""


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder with the package `book_client`, and what the generator printed."""
    folder = tmp_path_factory.mktemp("python-client")
    config = ROOT / "clients" / "python" / "config.yml"
    command = [
        *(sys.executable, "-m", "openapi_python_client", "generate", "--path", str(api_document.PAGE)),
        *("--config", str(config), "--meta", "none", "--output-path", str(folder / "book_client")),
    ]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # it formats with ruff
    done = subprocess.run(command, env={**os.environ, "PATH": path}, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder, done.stdout + done.stderr


def test_the_generator_has_nothing_to_warn_of(generated: tuple[Path, str]) -> None:
    assert generated[1].splitlines() == ["Generating " + str(generated[0] / "book_client")]


def test_the_generated_client_works(generated: tuple[Path, str], visis, tmp_path) -> None:
    pdf = tmp_path / "pages.pdf"
    pdf.write_bytes(corpus.pdf(["One fish.\nTwo fish.", "Red fish.", "The python client's page."]))
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, visis.address, str(pdf)],
        env={**os.environ, "PYTHONPATH": str(generated[0])},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
