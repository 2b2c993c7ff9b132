"""Full-text indexes over pages, and over the titles and authors of books."""

# ruff: noqa: S608 - only our own names
from __future__ import annotations

import unicodedata

from peewee import Database
from playhouse.migrate import SchemaMigrator

from catalog_service.database import is_sqlite, query

# A tsvector holds at most 1 MiB, so of a monstrous page only the beginning is indexed. PostgreSQL's own parser would
# take <word> for a tag and a.b for a host: it gets only letters and digits, with accents folded as FTS5 folds them.
_ACCENTED = [chr(code) for code in range(0xC0, 0x250) if unicodedata.normalize("NFD", chr(code))[0].isascii()]
_PLAIN = [unicodedata.normalize("NFD", one)[0] for one in _ACCENTED]
_WORDS = (
    f"to_tsvector('simple', regexp_replace(translate(left({{}}, 200000), '{''.join(_ACCENTED)}', '{''.join(_PLAIN)}'),"
    " '[^[:alnum:]]+', ' ', 'g'))"
)
_COLUMN = "ALTER TABLE {} ADD COLUMN {} tsvector GENERATED ALWAYS AS ({}) STORED"
_POSTGRESQL = (
    _COLUMN.format("pages", "search", _WORDS.replace("{}", "text")),
    _COLUMN.format("books", "search", _WORDS.replace("{}", "title || ' ' || author")),
    _COLUMN.format("books", "author_search", _WORDS.replace("{}", "author")),
    "CREATE INDEX pages_search ON pages USING gin (search)",
    "CREATE INDEX books_search ON books USING gin (search)",
    "CREATE INDEX books_author_search ON books USING gin (author_search)",
)
_TOKENS = "tokenize = 'unicode61 remove_diacritics 2'"
_INDEXES = {"pages": "text", "books": "title, author"}


def up(migrator: SchemaMigrator, db: Database) -> None:
    if not is_sqlite(db):
        for statement in _POSTGRESQL:
            query(db, statement)
        return
    for table, columns in _INDEXES.items():
        new = ", ".join(f"new.{column}" for column in columns.split(", "))
        old = ", ".join(f"old.{column}" for column in columns.split(", "))
        index = f"{table}_search"
        put = f"INSERT INTO {index} (rowid, {columns}) VALUES (new.id, {new});"
        take = f"INSERT INTO {index} ({index}, rowid, {columns}) VALUES ('delete', old.id, {old});"
        query(
            db,
            f"CREATE VIRTUAL TABLE {index} USING fts5"
            f" ({columns}, content = '{table}', content_rowid = 'id', {_TOKENS})",
        )
        query(db, f"CREATE TRIGGER {index}_put AFTER INSERT ON {table} BEGIN {put} END")
        query(db, f"CREATE TRIGGER {index}_take AFTER DELETE ON {table} BEGIN {take} END")
        query(db, f"CREATE TRIGGER {index}_change AFTER UPDATE OF {columns} ON {table} BEGIN {take} {put} END")
        query(db, f"INSERT INTO {index} ({index}) VALUES ('rebuild')")


def down(migrator: SchemaMigrator, db: Database) -> None:
    if not is_sqlite(db):
        query(db, "ALTER TABLE pages DROP COLUMN search")
        query(db, "ALTER TABLE books DROP COLUMN search, DROP COLUMN author_search")
        return
    for table in _INDEXES:
        for name in ("put", "take", "change"):
            query(db, f"DROP TRIGGER {table}_search_{name}")
        query(db, f"DROP TABLE {table}_search")
