from __future__ import annotations

import json
import os
import re
import stat

import pytest
import structlog

from contract import public
from gateway import auth, keys
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
    operations = (*public.CATALOG, *public.OWN)
    assert {scope for operation in operations for scope in operation.scopes} == {"read", "write", "generate"}
    assert all(operation.scopes for operation in operations)


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
def test_a_key_may_do_what_its_scopes_allow(make, scope, method, path, status):
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
    now[0] += keys.RELOAD_S
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
def test_an_invalid_file_keeps_the_known_keys_and_is_never_overwritten(tmp_path, broken):
    now = [0.0]
    path = tmp_path / "keys.json"
    known = Keys(path, clock=lambda: now[0])
    key, made = known.create("test", ["read"])
    assert known.find(key) == made
    path.write_text(broken)
    now[0] += keys.RELOAD_S
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

    before = os.umask(0o022)
    yield run
    os.umask(before)


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
def test_the_command_refuses_invalid_arguments(command, tmp_path, arguments):
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
        ("127.0.0.1", {"X-Forwarded-Proto": "https"}, False),
        ("127.0.0.1", {"X-Real-IP": "127.0.0.1"}, False),
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
def test_a_page_of_another_origin_cannot_write_through_a_readers_browser(make, origin, status):
    client, _ = make(cors_origins="https://reader.example")
    assert client.delete("/books/1", headers={"Origin": origin}).status_code == status


@pytest.mark.parametrize("anonymous", ["loopback", "everyone", "never"])
@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LOCALHOST:8000", 200),
        ("localhost.", 200),
        ("127.0.0.1:8000", 200),
        ("[::1]:8000", 200),
        ("[0:0::1]", 200),
        ("rebound.example", 421),
        ("localhost.rebound.example", 421),
        ("localhost@rebound.example", 421),
        ("rebound.example@localhost", 421),
        ("192.168.1.7", 421),
        ("", 421),
    ],
)
def test_a_request_that_names_another_host_is_refused_whoever_sends_it(make, anonymous, host, status):
    client, known = make(anonymous=anonymous)
    key, _ = known.create("test", ["read"])
    response = client.get("/books/1", headers={"Host": host, **bearer(key)})
    assert response.status_code == status
    if status == 421:
        assert response.json["type"] == "/problems#misdirected"
        assert "GATEWAY_ALLOWED_HOSTS" in response.json["detail"]


@pytest.mark.parametrize(
    ("allowed", "host", "status"),
    [
        ("books.example", "books.example:443", 200),
        ("books.example", "localhost", 421),
        ("books.example, 192.168.1.7", "192.168.1.7:8000", 200),
        ("[2001:db8::7]", "[2001:DB8:0::7]:8000", 200),
        ("*", "anything.example", 200),
    ],
)
def test_the_operator_says_which_hosts_are_allowed(make, allowed, host, status):
    client, _ = make(anonymous="everyone", allowed_hosts=allowed)
    assert client.get("/books/1", headers={"Host": host}).status_code == status


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/version"])
def test_health_answers_to_any_host(make, path):
    assert make()[0].get(path, headers={"Host": "10.1.2.3:8000"}).status_code == 200


@pytest.mark.parametrize("path", ["/docs", "/openapi.json", "/", "/nothing-here"])
def test_pages_and_unknown_paths_answer_to_allowed_hosts_alone(make, path):
    assert make()[0].get(path, headers={"Host": "rebound.example"}).status_code == 421


@pytest.mark.parametrize("value", ["books.example/", "http://books.example", "a b", "::1", "books.example:80"])
def test_an_invalid_host_is_refused_at_the_start(value):
    with pytest.raises(ValueError, match="is not a host"):
        Settings(allowed_hosts=value)


@pytest.mark.parametrize("value", ["nginx", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0-10.0.0.9"])
def test_an_invalid_network_is_refused_at_the_start(value):
    with pytest.raises(ValueError, match="is not a network"):
        Settings(trusted_proxies=value)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 204),
        ({"Sec-Fetch-Site": "none"}, 204),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://reader.example"}, 204),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://localhost:3000"}, 403),
    ],
)
def test_fetch_metadata_of_the_browser_is_checked(make, headers, status):
    client, _ = make(anonymous="everyone", cors_origins="https://reader.example")
    assert client.delete("/books/1", headers=headers).status_code == status


def test_a_page_of_another_site_cannot_start_work_by_a_get(make):
    client, _ = make(anonymous="everyone")
    assert client.get("/books/1/recap?page=1", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.get("/books/1", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


@pytest.mark.parametrize(
    ("anonymous", "headers", "status"),
    [
        ("loopback", {}, 401),
        ("loopback", {"X-Forwarded-For": "127.0.0.1"}, 401),
        ("everyone", {"X-Forwarded-For": "127.0.0.1"}, 403),
        ("everyone", {}, 403),
    ],
)
def test_nobody_is_local_behind_a_trusted_proxy(make, anonymous, headers, status):
    client, _ = make(anonymous=anonymous, trusted_proxies="127.0.0.0/8")
    assert client.get("/metrics", headers=headers).status_code == status


def test_callers_behind_a_trusted_proxy_have_quotas_of_their_own(make):
    client, _ = make(anonymous="everyone", trusted_proxies="127.0.0.1", requests_per_minute=1)
    statuses = [
        client.get("/books/1", headers={"X-Forwarded-For": f"203.0.113.{last}"}).status_code for last in (1, 1, 2)
    ]
    assert statuses == [200, 429, 200]


def wrong(client, headers=None, remote="203.0.113.9"):
    given = {**bearer("visis_00000000_wrong"), **(headers or {})}
    return client.get("/books/1", headers=given, environ_overrides={"REMOTE_ADDR": remote})


def test_wrong_keys_are_slowed_down_by_address_and_right_ones_are_not(make):
    client, known = make()
    key, _ = known.create("test", ["read"])
    answers = [wrong(client) for _ in range(auth.WRONG_KEYS_A_MINUTE + 2)]
    assert [answer.status_code for answer in answers] == [401] * auth.WRONG_KEYS_A_MINUTE + [429] * 2
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    assert wrong(client, remote="203.0.113.10").status_code == 401
    response = client.get("/books/1", headers=bearer(key), environ_overrides={"REMOTE_ADDR": "203.0.113.9"})
    assert response.status_code == 200


def test_wrong_keys_from_one_ipv6_network_count_together(make):
    client, _ = make()
    statuses = [wrong(client, remote=f"2001:db8::{last:x}").status_code for last in range(auth.WRONG_KEYS_A_MINUTE + 1)]
    assert statuses[-1] == 429
    assert wrong(client, remote="2001:db8:0:1::1").status_code == 401


def test_each_wrong_key_is_logged_with_the_clients_address(make):
    client, _ = make(trusted_proxies="10.0.0.0/8")
    with structlog.testing.capture_logs() as events:
        wrong(client)
        wrong(client, {"X-Forwarded-For": "192.0.2.1, 198.51.100.7"}, remote="10.0.0.1")
        wrong(client, {"X-Forwarded-For": "198.51.100.8"}, remote="2001:db8::1")
    denied = [(event["address"], event["log_level"]) for event in events if event["event"] == "access_denied"]
    assert denied == [("203.0.113.9", "warning"), ("198.51.100.7", "warning"), ("2001:db8::1", "warning")]


def test_the_deployments_token_reads_the_metrics_and_nothing_else(make):
    client, _ = make(anonymous="never", internal_token="deployment-secret")
    assert client.get("/metrics", headers=bearer("deployment-secret")).status_code == 200
    assert client.get("/books/1", headers=bearer("deployment-secret")).status_code == 403


def test_a_refused_caller_is_answered_before_its_body_is_read(make):
    client, _ = make(anonymous="never")
    response = client.post("/summaries/generate", data=b"{not json", content_type="application/json")
    assert response.status_code == 401
