"""Orders name the revision of the text instead of its hash; events carry their type, as every event does."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from peewee import Database
from playhouse.migrate import SchemaMigrator

from catalog_service.database import query

Message = dict[str, Any]


def up(migrator: SchemaMigrator, db: Database) -> None:
    def order(request: Message, revision: int) -> Message:
        request.pop("text_sha256", None)
        return {**request, "revision": revision}

    _rewrite(db, order, _new_event)


def down(migrator: SchemaMigrator, db: Database) -> None:
    def order(request: Message, _revision: int) -> Message:
        request.pop("revision", None)
        return {**request, "text_sha256": ""}  # an unfinished job then fails with the advice to order it again

    _rewrite(db, order, _old_event)


def _rewrite(db: Database, order: Callable[[Message, int], Message], event: Callable[[str, Message], Message]) -> None:
    jobs = query(db, "SELECT j.id, j.request, b.revision FROM jobs j JOIN books b ON b.id = j.book_id").fetchall()
    for job_id, request, revision in jobs:
        changed = json.dumps(order(json.loads(request), revision), ensure_ascii=False)
        query(db, "UPDATE jobs SET request = ? WHERE id = ?", (changed, job_id))
        events = query(db, "SELECT id, type, data FROM job_events WHERE job_id = ?", (job_id,)).fetchall()
        for number, kind, data in events:
            changed = json.dumps(event(kind, json.loads(data)), ensure_ascii=False)
            query(db, "UPDATE job_events SET data = ? WHERE job_id = ? AND id = ?", (changed, job_id, number))


def _new_event(kind: str, data: Message) -> Message:
    if kind == "progress":
        data = {"done": data["parts_done"], "total": data["parts_total"], "unit": "parts"}
    if kind == "part":
        data = {**data, "level": 0}
    return {"type": kind, **data}


def _old_event(kind: str, data: Message) -> Message:
    del data["type"]
    return {"parts_done": data["done"], "parts_total": data["total"]} if kind == "progress" else data
