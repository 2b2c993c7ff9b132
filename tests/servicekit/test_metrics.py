"""HTTP is counted by route template, so that no client can make new labels."""

from __future__ import annotations

import re

from flask.testing import FlaskClient

from servicekit.metrics import Metrics


def counted(client: FlaskClient) -> set[tuple[str, str, str]]:
    text = client.get("/metrics").text
    pattern = r'visis_http_request_seconds_count\{method="(.*?)",route="(.*?)",service="shop",status="(.*?)"\}'
    return set(re.findall(pattern, text))


def test_requests_are_counted_by_route_template(client: FlaskClient) -> None:
    for number in (1, 2, 3):
        client.get(f"/shoes/{number}")
    client.get("/shoes/0")
    assert counted(client) == {("GET", "/shoes/<shoe_id>", "200"), ("GET", "/shoes/<shoe_id>", "404")}


def test_unknown_paths_and_methods_share_one_label_each(client: FlaskClient) -> None:
    for number in range(5):
        client.get(f"/nothing/{number}")
        client.open("/shoes/", method=f"PURGE{number}")
    assert counted(client) == {("GET", "(none)", "404"), ("other", "(none)", "405")}


def test_failures_are_counted(client: FlaskClient) -> None:
    client.get("/fail")
    assert counted(client) == {("GET", "/fail", "500")}


def test_metrics_are_prometheus_text(client: FlaskClient) -> None:
    response = client.get("/metrics")
    assert response.content_type == "text/plain; version=0.0.4; charset=utf-8"
    assert "process_resident_memory_bytes" in response.text


def test_two_apps_in_one_process_count_apart() -> None:
    first, second = Metrics("a"), Metrics("b")
    first.observe_request("GET", "/", 200, 0.1)
    first.rejected.labels("a", "queue").inc()
    assert b'service="a"' in first.render()
    assert b"visis_http_request_seconds_count" not in second.render()
