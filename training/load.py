"""Optional stage: a folder of texts into the catalog, so that readers and `prepare --catalog-url` see the same books.

The catalog makes and migrates its own database; this only speaks HTTP to it.
"""

from __future__ import annotations

from typing import Any

from training import files
from training.catalog import CatalogClient
from training.config import LoadConfig
from training.errors import NoData
from training.progress import bar


def main(config: LoadConfig) -> dict[str, Any]:
    """Import every text; return how many are new and known. Raises NoData, SourceFailed.

    To run it again is safe: the catalog answers a file that it has with the book that is there.
    """
    paths = files.texts(config.books)
    if not paths:
        raise NoData(f"0 .txt files in {config.books}")
    listed = config.books / "books.jsonl"
    about = {str(book["id"]): book for book in files.read_lines(listed)} if listed.exists() else {}
    client = CatalogClient(config.catalog_url, config.timeout_s, config.api_key)
    created, ids = 0, {}
    for path in bar(paths[: config.limit], "import", config.quiet):
        known = about.get(path.stem, {})
        book, new = client.load(path, str(known.get("title") or path.stem), known.get("author"))
        created += new
        ids[path.name] = book.get("id")
    return files.finish("load", config, {"imported": len(ids), "new": created, "book_ids": ids})
