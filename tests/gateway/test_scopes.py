"""The table of scopes, routes and effects, tried whole: what each kind of key may do, and what it learns by it."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest

from contract import public
from gateway.app import create_app
from gateway.config import Settings
from gateway.keys import SCOPES, Keys
from servicekit.app import METRICS
from servicekit.operations import Operation
from tests.faults.services import BOOK, fake_service, served

OPERATIONS = {operation.id: operation for operation in (*public.CATALOG, *public.OWN, METRICS)}
BODIES: dict[str, dict[str, Any]] = {
    "create_book": {"title": "The Lamp", "author": "A. Tull"},
    "replace_book": {"title": "The Lamp", "author": "A. Tull"},
    "update_book": {"title": "The Lamp"},
    "order_summary": {},
}
SECRET = BOOK["title"]


@pytest.fixture(scope="module")
def calls() -> list[tuple[str, str]]:
    """(method, path) of what reaches the services."""
    return []


@pytest.fixture(scope="module")
def gateway(calls, tmp_path_factory):
    """A gateway before fake services, and a key for each set of scopes."""
    from flask import request

    home = tmp_path_factory.mktemp("scopes")
    with served(fake_service(lambda: calls.append((request.method, request.path)))) as (host, port):
        urls = {f"{name}_url": f"http://{host}:{port}" for name in ("catalog", "bart", "llama")}
        app = create_app(Settings(home=home, anonymous="never", **urls))
        known = Keys(home / "gateway" / "keys.json")
        sets = [(scope,) for scope in SCOPES] + [("read", "write"), ("read", "generate"), ("write", "generate")]
        keys = {scopes: known.create("test", list(scopes))[0] for scopes in sets}
        yield app.test_client(), keys


def ask(gateway: Any, operation: Operation, scopes: tuple[str, ...], **body: Any) -> Any:
    client, keys = gateway
    path = re.sub("{(job|summary|import)_id}", "0" * 32, operation.path)
    path = re.sub("{[a-z_]+}", "1", path)
    sent: dict[str, Any] = {}
    if operation.id in ("import_book", "follow_import", "begin_import"):
        sent = {"data": {"file": (io.BytesIO(b"The lamp burns."), "a.txt")}}
    elif operation.body_type:
        sent = {"json": body or BODIES.get(operation.id, {"text": "The lamp burns."})}
    query = {"q": "lamp"} if operation.id == "search_pages" else {"page": 1} if operation.id == "recap_book" else {}
    headers = {"Authorization": f"Bearer {keys[scopes]}", "Prefer": "wait=0"}
    return client.open(path, method=operation.method, headers=headers, query_string=query, **sent)


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("name", OPERATIONS)
def test_a_key_may_call_the_operations_whose_scopes_it_has_and_no_others(gateway, calls, name, scope):
    operation = OPERATIONS[name]
    calls.clear()
    response = ask(gateway, operation, (scope,))
    allowed = set(operation.scopes) <= {scope}
    assert (response.status_code != 403) is allowed, response.text
    if not allowed:
        assert response.json["needs"] in operation.scopes
        assert calls == []


@pytest.mark.parametrize("name", [name for name, one in OPERATIONS.items() if len(one.scopes) > 1])
def test_an_operation_of_several_scopes_takes_a_key_that_has_them_all(gateway, name):
    scopes = tuple(scope for scope in SCOPES if scope in OPERATIONS[name].scopes)
    assert ask(gateway, OPERATIONS[name], scopes).status_code != 403


@pytest.mark.parametrize("name", [name for name, one in OPERATIONS.items() if one.field_scopes])
@pytest.mark.parametrize(
    ("scopes", "allowed"), [(("generate",), False), (("write", "generate"), False), (("read", "generate"), True)]
)
def test_a_stored_book_is_generated_from_only_by_who_may_read_it(gateway, calls, name, scopes, allowed):
    calls.clear()
    response = ask(gateway, OPERATIONS[name], scopes, book_id=1)
    assert (response.status_code != 403) is allowed
    if not allowed:
        assert response.json["needs"] == OPERATIONS[name].field_scopes["book_id"]
        assert calls == []


@pytest.mark.parametrize(
    "name", [name for name, one in OPERATIONS.items() if one.method == "GET" and one.scopes == ("read",)]
)
def test_nothing_is_made_by_a_get_without_the_scope_generate(gateway, calls, name):
    calls.clear()
    ask(gateway, OPERATIONS[name], ("read",))
    assert {method for method, _ in calls} == {"GET"}


def test_every_get_needs_the_scope_read_but_those_that_say_nothing_of_books():
    others = {name for name, one in OPERATIONS.items() if one.method == "GET" and "read" not in one.scopes}
    assert others == {"list_imports", "read_import", "read_metrics"}


@pytest.mark.parametrize("name", [name for name, one in OPERATIONS.items() if "generate" in one.scopes])
def test_nothing_is_deleted_with_the_scope_generate(name):
    assert OPERATIONS[name].method in ("GET", "POST") or name == "cancel_job"


@pytest.mark.parametrize("name", [name for name, one in OPERATIONS.items() if "write" in one.scopes])
def test_a_key_that_may_only_write_learns_nothing_of_what_is_stored(gateway, name):
    response = ask(gateway, OPERATIONS[name], ("write",))
    assert SECRET not in response.text
    assert "ETag" not in response.headers
    if OPERATIONS[name].answer_scope:
        assert (response.data, response.headers["Preference-Applied"]) == (b"", "return=minimal")


def test_a_key_that_may_only_write_learns_where_the_book_is(gateway):
    response = ask(gateway, public.CREATE_BOOK, ("write",))
    assert response.headers["Location"] == "/books/1"
    assert "Content-Type" not in response.headers
    assert SECRET in ask(gateway, public.CREATE_BOOK, ("read", "write")).text


def test_a_key_that_may_only_write_gets_no_stream_with_the_book(gateway):
    client, keys = gateway
    headers = {"Authorization": f"Bearer {keys['write',]}", "Accept": "text/event-stream"}
    response = client.post("/books/import", data={"file": (io.BytesIO(b"x"), "a.txt")}, headers=headers)
    assert (response.status_code, response.data) == (200, b"")
