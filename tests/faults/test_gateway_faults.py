"""Whatever a service behind the gateway does, a client gets an answer in time, and it is a whole one or a problem."""

from __future__ import annotations

import contextlib
import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from flask import Flask

from gateway.app import create_app
from gateway.config import Settings
from tests.faults.proxy import FAULTS, FaultProxy, fault_proxy
from tests.faults.services import fake_service, served

DEADLINE_S = 1.0
GRACE_S = 4.0  # a busy machine; the slowest faults last minutes
SERVICES = ("catalog", "bart", "llama")


@pytest.fixture(scope="module")
def gateway():
    """(address of a gateway, the proxy before each service, its routes)."""
    with contextlib.ExitStack() as stack:
        target = stack.enter_context(served(fake_service()))
        proxies = {name: stack.enter_context(fault_proxy(target)) for name in SERVICES}
        settings = Settings(
            request_timeout_s=DEADLINE_S, **{f"{name}_url": proxy.url for name, proxy in proxies.items()}
        )
        app = create_app(settings)
        host, port = stack.enter_context(served(app))
        yield f"http://{host}:{port}", proxies, routes_of(app)


@pytest.fixture(scope="module")
def healthy(gateway):
    """The status of every route while nothing is wrong."""
    address, _proxies, routes = gateway
    return {route: call(address, *route)[0].status_code for route in routes}


def routes_of(app: Flask) -> list[tuple[str, str]]:
    """(method, rule) of every route that other services answer; event streams have no end to wait for."""
    return [
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        if "." in rule.endpoint and not rule.endpoint.startswith("operations.") and not rule.rule.endswith("/events")
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"})
    ]


def call(address: str, method: str, rule: str) -> tuple[requests.Response, float]:
    path = re.sub("<(job|summary|import)_id>", "0" * 32, rule)
    path = re.sub("<[^>]+>", "1", path)
    sent: dict[str, Any] = {}
    if "import" in rule:
        sent = {"files": {"file": ("a.txt", b"The lamp burns.", "text/plain")}}
    elif method in ("POST", "PUT", "PATCH"):
        sent = {"json": {"title": "The Lamp", "author": "A. Tull"} if "books" in rule else {"text": "The lamp burns."}}
    started = time.monotonic()
    response = requests.request(method, address + path, timeout=DEADLINE_S + GRACE_S, **sent)
    return response, time.monotonic() - started


def assert_whole_or_problem(method: str, rule: str, response: requests.Response) -> None:
    where = f"{method} {rule} -> {response.status_code} {response.text[:200]}"
    kind = response.headers.get("Content-Type", "")
    if response.status_code >= 400:
        assert kind == "application/problem+json", where
        problem = response.json()
        assert problem["status"] == response.status_code, where
        assert problem["detail"], where
        assert "Traceback" not in response.text, where
    elif kind == "application/json":
        json.loads(response.content)
    elif kind.startswith("audio/"):
        assert len(response.content) == 20_000, where


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("service", SERVICES)
def test_every_route_answers_in_time_with_a_whole_answer_or_a_problem(gateway, healthy, service, fault):
    address, proxies, routes = gateway
    proxy: FaultProxy = proxies[service]
    proxy.fault = fault
    try:
        with ThreadPoolExecutor(len(routes)) as pool:
            for (method, rule), (response, _) in zip(
                routes, pool.map(lambda route: call(address, *route), routes), strict=True
            ):
                assert_whole_or_problem(method, rule, response)
    finally:
        proxy.fault = None


@pytest.mark.parametrize("service", SERVICES)
def test_after_a_fault_every_route_answers_as_before(gateway, healthy, service):
    address, proxies, routes = gateway
    assert sum(status < 400 for status in healthy.values()) >= 12
    proxies[service].fault = "reset_before_answer"
    for route in routes:
        call(address, *route)
    proxies[service].fault = None
    assert {route: call(address, *route)[0].status_code for route in routes} == healthy


def test_the_faults_really_reach_the_clients(gateway):
    """A proxy that spoils nothing would let the tests above pass."""
    address, proxies, _ = gateway
    statuses = {}
    for fault in FAULTS:
        proxies["catalog"].fault = fault
        statuses[fault] = call(address, "POST", "/books/")[0].status_code
        proxies["catalog"].fault = None
    slow = {"half_open", "byte_a_second", "byte_a_second_in_body", "late"}
    assert statuses == {fault: 504 if fault in slow else 502 for fault in FAULTS}
