from __future__ import annotations

import json
import re
import stat

import pytest

from contract import public
from gateway import keys
from gateway.__main__ import main
from gateway.app import create_app
from gateway.config import Settings
from gateway.keys import Keys, KeysError
from tests.faults.services import fake_service, served

OPEN = {
    "/",
    "/favicon.ico",
    "/healthz",
    "/readyz",
    "/version",
    "/docs",
    "/docs/start.js",
    "/docs/assets/<path:path>",
    "/openapi.json",
    "/problems",
}
TEXT = {"text": "The lamp burns."}


@pytest.fixture(scope="module")
def services():
    with served(fake_service()) as (host, port):
        yield {f"{name}_url": f"http://{host}:{port}" for name in ("catalog", "bart", "llama")}


@pytest.fixture
def make(tmp_path, services):
    """Makes a gateway's client, and the keys of that gateway."""

    def make(**settings):
        app = create_app(Settings(home=tmp_path, **services, **settings))
        return app.test_client(), Keys(tmp_path / "gateway" / "keys.json")

    return make


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def public_routes(client):
    return [
        (method, re.sub("<[^>]+>", "1", rule.rule))
        for rule in client.application.url_map.iter_rules()
        for method in sorted(rule.methods - {"OPTIONS", "HEAD"})
        if rule.rule not in OPEN and rule.endpoint != "static"
    ]


def test_every_route_but_the_open_ones_needs_a_key_when_anonymous_callers_are_not_allowed(make):
    client, _ = make(anonymous="never")
    routes = public_routes(client)
    assert len(routes) >= 13
    statuses = {route: client.open(route[1], method=route[0]).status_code for route in routes}
    assert set(statuses.values()) == {401}, statuses


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/version", "/docs", "/openapi.json", "/problems"])
def test_health_and_documentation_need_no_key(make, path):
    assert make(anonymous="never")[0].get(path).status_code == 200


def test_every_public_operation_names_a_scope():
    assert {operation.scope for operation in (*public.CATALOG, *public.OWN)} == {"read", "write", "generate"}


@pytest.mark.parametrize(
    ("scope", "method", "path", "status"),
    [
        ("read", "GET", "/books/1", 200),
        ("read", "GET", "/models", 200),
        ("read", "DELETE", "/books/1", 403),
        ("read", "POST", "/summaries/generate", 403),
        ("write", "DELETE", "/books/1", 204),
        ("write", "GET", "/books/1", 403),
        ("generate", "POST", "/summaries/generate", 200),
        ("generate", "POST", "/generate-points", 200),
        ("generate", "PUT", "/books/1", 403),
        ("admin", "GET", "/metrics", 200),
        ("admin", "GET", "/books/1", 403),
        ("read", "GET", "/metrics", 403),
    ],
)
def test_a_key_may_do_what_its_scopes_say(make, scope, method, path, status):
    client, known = make(anonymous="never")
    key, _ = known.create("test", [scope])
    sent = {"json": TEXT} if method in ("POST", "PUT") else {}
    response = client.open(path, method=method, headers=bearer(key), **sent)
    assert response.status_code == status, response.text
    if status == 403:
        assert response.json["type"] == "/problems#forbidden"
        assert response.json["needs"] in response.json["detail"]


@pytest.mark.parametrize(
    "given",
    ["Bearer", "Bearer ", "Bearer visis_00000000_x", "Basic dTpw", "Bearer \xff", "nonsense", "Bearer " + "x" * 4000],
)
def test_a_wrong_key_is_refused_even_on_this_machine(make, given):
    response = make()[0].get("/books/1", headers={"Authorization": given})
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert response.content_type == "application/problem+json"


def test_a_key_with_one_character_changed_is_unknown(make):
    client, known = make()
    key, _ = known.create("test", ["read"])
    assert client.get("/books/1", headers=bearer(key)).status_code == 200
    for place in (8, 20, len(key) - 1):
        wrong = key[:place] + ("A" if key[place] != "A" else "B") + key[place + 1 :]
        assert client.get("/books/1", headers=bearer(wrong)).status_code == 401


def test_revoked_and_expired_keys_are_refused(tmp_path):
    now = [0.0]
    known = Keys(tmp_path / "keys.json", clock=lambda: now[0])
    key, made = known.create("test", ["read"])
    old, _ = known.create("old", ["read"], days=-1)
    assert known.find(key) == made
    assert known.find(old) is None
    assert known.revoke(made.id)
    assert not known.revoke(made.id)
    now[0] += keys.LOOK_S
    assert known.find(key) is None


def test_the_file_holds_no_key_and_only_its_owner_can_read_it(tmp_path):
    known = Keys(tmp_path / "gateway" / "keys.json")
    key, made = known.create("reader app", ["read", "generate"])
    text = (tmp_path / "gateway" / "keys.json").read_text()
    assert key not in text
    assert key.split("_", 2)[2] not in text
    assert made.digest in text
    assert stat.S_IMODE((tmp_path / "gateway" / "keys.json").stat().st_mode) == 0o600


@pytest.mark.parametrize("broken", ["", "{", '{"keys": [{"id": "x"}]}', "[]"])
def test_a_broken_file_keeps_the_keys_known_before_and_is_never_overwritten(tmp_path, broken):
    now = [0.0]
    path = tmp_path / "keys.json"
    known = Keys(path, clock=lambda: now[0])
    key, made = known.create("test", ["read"])
    assert known.find(key) == made
    path.write_text(broken)
    now[0] += keys.LOOK_S
    assert known.find(key) == made
    with pytest.raises(KeysError, match="not a key file"):
        known.create("more", ["read"])
    assert path.read_text() == broken


@pytest.fixture
def command(tmp_path, monkeypatch, capsys):
    """Runs `python -m gateway keys ...`; returns the exit status, output and errors."""
    monkeypatch.setenv("GATEWAY_KEYS_FILE", str(tmp_path / "keys.json"))

    def run(*arguments):
        with pytest.raises(SystemExit) as stopped:
            main(["keys", *arguments])
        printed = capsys.readouterr()
        return stopped.value.code, printed.out, printed.err

    return run


def test_the_command_creates_lists_and_revokes_keys(command, tmp_path):
    status, out, _ = command("create", "--name", "reader app", "--scope", "read", "--requests-per-minute", "5")
    made = Keys(tmp_path / "keys.json").find(out.strip())
    assert status == 0
    assert made is not None
    assert (made.name, made.scopes, made.quotas.requests_per_minute) == ("reader app", ("read",), 5)
    status, listed, _ = command("list")
    assert status == 0
    assert made.id in listed
    assert out.strip() not in listed
    assert command("revoke", made.id)[0] == 0
    assert command("revoke", made.id) == (1, "", f"Error: there is no key {made.id}\n")
    assert json.loads((tmp_path / "keys.json").read_text()) == {"keys": []}


@pytest.mark.parametrize(
    "arguments",
    [
        ["grant"],
        ["create"],
        ["create", "--name", "x"],
        ["create", "--name", "x", "--scope", "all"],
        ["create", "--name", "x", "--scope", "read", "--days", "0"],
        ["create", "--name", "x", "--scope", "read", "--requests-per-minute", "-1"],
    ],
)
def test_the_command_refuses_what_it_does_not_know(command, tmp_path, arguments):
    assert command(*arguments)[0] == 2
    assert not (tmp_path / "keys.json").exists()


def test_the_command_names_a_key_file_that_it_cannot_read(command, tmp_path):
    (tmp_path / "keys.json").write_text("{")
    status, _, err = command("list")
    assert status == 1
    assert err.startswith(f"Error: {tmp_path}/keys.json is not a key file")


@pytest.mark.parametrize(
    ("remote", "headers", "allowed"),
    [
        ("127.0.0.1", {}, True),
        ("127.8.9.10", {}, True),
        ("::1", {}, True),
        ("::ffff:127.0.0.1", {}, True),
        ("192.168.1.7", {}, False),
        ("172.18.0.1", {}, False),
        ("2001:db8::1", {}, False),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}, False),
        ("127.0.0.1", {"Forwarded": "for=203.0.113.9"}, False),
        ("127.0.0.1", {"Via": "1.1 proxy"}, False),
        ("127.0.0.1", {"Host": "rebound.example"}, False),
        ("127.0.0.1", {"Host": "localhost:8000"}, True),
        ("127.0.0.1", {"Host": "127.0.0.1:8000"}, True),
        ("::1", {"Host": "[::1]:8000"}, True),
        ("192.168.1.7", {"Host": "localhost"}, False),
    ],
)
def test_without_a_key_only_this_machine_may_call(make, remote, headers, allowed):
    client, _ = make()
    response = client.get("/books/1", headers=headers, environ_overrides={"REMOTE_ADDR": remote})
    assert response.status_code == (200 if allowed else 401)


def test_everyone_may_call_when_that_is_switched_on_but_not_administer(make):
    client, _ = make(anonymous="everyone")
    far = {"REMOTE_ADDR": "203.0.113.9"}
    assert client.get("/books/1", environ_overrides=far).status_code == 200
    assert client.post("/summaries/generate", json=TEXT, environ_overrides=far).status_code == 200
    assert client.get("/metrics", environ_overrides=far).status_code == 403


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("https://evil.example", 403),
        ("null", 403),
        ("http://localhost", 204),
        ("https://reader.example", 204),
    ],
)
def test_a_page_of_a_strange_origin_cannot_write_through_a_readers_browser(make, origin, status):
    client, _ = make(cors_origins="https://reader.example")
    assert client.delete("/books/1", headers={"Origin": origin}).status_code == status


def test_the_deployments_token_reads_the_metrics_and_nothing_else(make):
    client, _ = make(anonymous="never", internal_token="deployment-secret")
    assert client.get("/metrics", headers=bearer("deployment-secret")).status_code == 200
    assert client.get("/books/1", headers=bearer("deployment-secret")).status_code == 403


def test_a_refused_caller_is_answered_before_its_body_is_read(make):
    client, _ = make(anonymous="never")
    response = client.post("/summaries/generate", data=b"{not json", content_type="application/json")
    assert response.status_code == 401
