"""Real books, where this machine has some: imported and summarised as a reader would."""

from __future__ import annotations

import pytest

from tests.conftest import BOOKS

NAMES = sorted(path.name for path in BOOKS.glob("*")) if BOOKS.is_dir() else []


@pytest.mark.skipif(not NAMES, reason=f"no folder of real books at {BOOKS}")
@pytest.mark.parametrize("name", NAMES)
def test_a_real_book_is_imported_and_summarised(visis, name):
    with (BOOKS / name).open("rb") as file:
        imported = visis.post("/books/import", files={"file": (name, file)})
    assert imported.status_code in (200, 201), imported.text
    book = imported.json()
    assert book["page_count"] > 20
    assert book["word_count"] > 20_000
    assert visis.get(f"/books/{book['id']}/pages/{book['page_count'] // 2}").json()["text"].strip()
    summary = visis.post("/generate-summary", json={"book_id": book["id"], "length": "medium"}).json()
    assert 80 <= len(summary["summary"].split()) <= 400
    assert "gutenberg" not in summary["summary"].lower()
    points = visis.post("/generate-points", json={"book_id": book["id"], "count": 5}).json()["points"]
    assert len(set(points)) == 5
