from __future__ import annotations

import contextlib
import io
import threading
import time
from collections.abc import Iterator

import pytest
from flask import Flask, g, request

from servicekit.metrics import Metrics
from servicekit.problems import Busy, NotFound, UpstreamFailed, UpstreamTimeout
from servicekit.replicas import FAILURES_TO_EJECT, Replicas
from servicekit.upstream import RetryBudget, Upstream
from tests.faults.proxy import FAULTS, fault_proxy
from tests.faults.services import served

SLOW = {"half_open", "byte_a_second", "byte_a_second_in_body", "late"}


class FakeService:
    """Counts what reaches it; each request waits for `gate`, if there is one, and is answered with `status`."""

    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.requests: list[tuple[str, str, bytes]] = []
        self.headers: list[dict[str, str]] = []
        self.gate: threading.Event | None = None
        self.app = Flask("fake")
        self.app.add_url_rule("/<path:path>", view_func=self._answer, methods=["GET", "POST", "PUT"])

    def _answer(self, path: str):
        self.requests.append((request.method, path, request.get_data()))
        self.headers.append(dict(request.headers))
        if self.gate:
            assert self.gate.wait(20)
        return {"path": path, "pad": "x" * 200}, self.status, {"Server-Timing": "inference;dur=5"}


@pytest.fixture
def service() -> Iterator[FakeService]:
    fake = FakeService()
    with served(fake.app) as (host, port):
        fake.target = (host, port)  # type: ignore[attr-defined]
        fake.url = f"http://{host}:{port}"  # type: ignore[attr-defined]
        yield fake


@contextlib.contextmanager
def two_replicas(**kwargs) -> Iterator[tuple[Upstream, FakeService, FakeService]]:
    """An upstream whose host name has two addresses, 127.0.0.1 and 127.0.0.2, with a service at each."""
    from werkzeug.serving import make_server

    first, second = FakeService(), FakeService()
    with contextlib.ExitStack() as stack:
        port = 0
        for fake, address in ((first, "127.0.0.1"), (second, "127.0.0.2")):
            server = make_server(address, port, fake.app, threaded=True)
            port = server.server_port
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
            thread.start()
            stack.callback(server.server_close)
            stack.callback(thread.join)
            stack.callback(server.shutdown)
            fake.stop = server.shutdown  # type: ignore[attr-defined]
        url = f"http://worker:{port}"
        replicas = Replicas(url, resolve=lambda _host, _port: ["127.0.0.1", "127.0.0.2"])
        yield Upstream("worker", url, replicas=replicas, **kwargs), first, second


@pytest.mark.parametrize("fault", sorted(set(FAULTS) - {"burst_of_500", "burst_of_502"}))
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_each_fault_becomes_the_problem_that_names_it(service, method, fault):
    with fault_proxy(service.target, fault) as proxy:
        upstream = Upstream("worker", proxy.url, timeout_s=0.5 if fault in SLOW else 20.0)
        with pytest.raises(UpstreamTimeout if fault in SLOW else UpstreamFailed):
            upstream.call(method, "/x").json()


@pytest.mark.parametrize("fault", sorted(SLOW))
def test_a_streamed_body_keeps_the_deadline_too(service, fault):
    with fault_proxy(service.target, fault) as proxy, pytest.raises(UpstreamTimeout):
        b"".join(Upstream("worker", proxy.url, timeout_s=0.5).stream("GET", "/x").chunks)


@pytest.mark.parametrize("fault", ["refuse", "reset_before_answer", "reset_in_body", "half_open"])
def test_a_get_is_made_three_times_at_most_but_once_if_its_time_is_spent(service, fault):
    with fault_proxy(service.target, fault) as proxy:
        upstream = Upstream("worker", proxy.url, timeout_s=0.5 if fault in SLOW else 20.0)
        with pytest.raises((UpstreamFailed, UpstreamTimeout)):
            upstream.call("GET", "/x")
        assert proxy.connections == (1 if fault == "half_open" else 3)


def test_a_post_that_may_have_been_received_is_sent_once(service):
    with fault_proxy(service.target, "reset_before_answer") as proxy:
        upstream = Upstream("worker", proxy.url, timeout_s=2)
        with pytest.raises(UpstreamFailed):
            upstream.call("POST", "/x", body=b"{}")
        assert proxy.connections == 1


def test_a_post_that_says_it_may_be_repeated_is(service):
    with fault_proxy(service.target, "reset_in_body") as proxy:
        upstream = Upstream("worker", proxy.url, timeout_s=2)
        with pytest.raises(UpstreamFailed):
            upstream.call_json("POST", "/x", {})
        assert proxy.connections == 3


class Pipe:
    """A body that can be read once."""

    def __init__(self, content):
        self.read = io.BytesIO(content).read


def test_a_body_that_streams_in_is_never_sent_twice(service):
    with fault_proxy(service.target, "reset_before_answer") as proxy:
        upstream = Upstream("worker", proxy.url, timeout_s=2)
        with pytest.raises(UpstreamFailed):
            upstream.call("PUT", "/x", body=Pipe(b"abc"), headers={"Content-Length": "3"})
        assert proxy.connections == 1


def test_a_file_is_sent_from_its_start_again():
    with two_replicas() as (upstream, first, second):
        first.status = 503
        for _ in range(20):
            sent = {"body": io.BytesIO(b"abc"), "headers": {"Content-Length": "3"}}
            assert upstream.call("POST", "/x", **sent).status == 200
        assert len(first.requests) >= 1
        assert {body for *_, body in second.requests} == {b"abc"}


def test_calls_in_flight_spread_over_the_replicas():
    with two_replicas() as (upstream, first, second):
        first.gate = second.gate = threading.Event()
        threads = [threading.Thread(target=upstream.call, args=("POST", "/x")) for _ in range(8)]
        for thread in threads:
            thread.start()
        _until(lambda: len(first.requests) + len(second.requests) == 8)
        first.gate.set()
        for thread in threads:
            thread.join()
        assert (len(first.requests), len(second.requests)) == (4, 4)


def test_a_call_refused_as_busy_goes_to_another_replica():
    with two_replicas() as (upstream, first, _second):
        first.status = 503
        answers = [upstream.call("POST", "/x").status for _ in range(20)]
        assert answers == [200] * 20
        assert len(first.requests) <= 2


def test_busy_everywhere_is_answered_as_busy():
    with two_replicas() as (upstream, first, second):
        first.status = second.status = 503
        assert upstream.call("POST", "/x").status == 503
        assert len(first.requests) + len(second.requests) == 2


def test_a_replica_that_dies_costs_no_call():
    with two_replicas() as (upstream, first, _second):
        assert {upstream.call("POST", "/x").status for _ in range(10)} == {200}
        first.stop()
        assert {upstream.call("GET", "/x").status for _ in range(30)} == {200}


def test_a_replica_that_fails_five_times_is_left_alone():
    with two_replicas() as (upstream, first, _second):
        first.status = 500
        statuses = [upstream.call("GET", "/x").status for _ in range(100)]
        assert 0 < statuses.count(500) <= FAILURES_TO_EJECT
        assert statuses[-20:] == [200] * 20


def test_retries_stop_when_the_budget_is_spent():
    budget = RetryBudget(2.0, share=0.5)
    assert [budget.spend() for _ in range(3)] == [True, True, False]
    budget.earn()
    assert not budget.spend()
    budget.earn()
    assert budget.spend()


def test_more_calls_than_allowed_in_flight_are_refused_at_once(service):
    upstream = Upstream("worker", service.url, max_in_flight=1)
    service.gate = threading.Event()
    waiting = threading.Thread(target=upstream.call, args=("GET", "/x"))
    waiting.start()
    _until(lambda: len(service.requests) == 1)
    with pytest.raises(Busy) as refused:
        upstream.call("GET", "/x")
    assert int(refused.value.headers["Retry-After"]) >= 1
    service.gate.set()
    waiting.join()
    assert upstream.call("GET", "/x").status == 200


@pytest.mark.parametrize("end", ["exhausted", "closed", "dropped"])
def test_a_streamed_call_is_in_flight_until_its_body_ends(service, end):
    upstream = Upstream("worker", service.url, max_in_flight=1)
    answer = upstream.stream("GET", "/x")
    with pytest.raises(Busy):
        upstream.call("GET", "/x")
    if end == "exhausted":
        assert b"".join(answer.chunks).startswith(b"{")
    elif end == "closed":
        answer.chunks.close()  # type: ignore[attr-defined]
    del answer
    assert upstream.call("GET", "/x").status == 200


def test_a_body_that_breaks_off_on_our_side_frees_the_call(service):
    class Broken(io.BytesIO):
        def read(self, *_args):
            raise NotFound("the client is gone")

    upstream = Upstream("worker", service.url, max_in_flight=1)
    for _ in range(2):
        with pytest.raises(NotFound):
            upstream.stream("POST", "/x", body=Broken(), headers={"Content-Length": "5"})
    assert upstream._replicas.all()[0].in_flight == 0


def test_connections_are_kept_alive_and_survive_an_idle_close(service):
    with fault_proxy(service.target) as proxy:  # it closes after each answer
        upstream = Upstream("worker", proxy.url)
        assert [upstream.call("POST", "/x").status for _ in range(3)] == [200] * 3


def test_headers_of_a_call(service):
    upstream = Upstream("worker", service.url, token="secret-token", timeout_s=9)
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    with Flask("gateway").test_request_context():
        g.request_id, g.traceparent, g.deadline = "rid-1", trace, time.monotonic() + 5
        upstream.call("GET", "/x")
        assert g.server_timing == ["inference;dur=5"]
    sent = service.headers[0]
    assert sent["X-Request-Id"] == "rid-1"
    assert sent["Traceparent"] == trace
    assert sent["Visis-Internal-Token"] == "secret-token"
    assert 4000 < int(sent["Visis-Deadline-Ms"]) <= 5000
    assert sent["Host"] == service.url.removeprefix("http://")


def test_metrics_count_calls_retries_and_replicas(service):
    metrics = Metrics("gateway")
    upstream = Upstream("worker", service.url, metrics=metrics.upstreams)
    upstream.call("GET", "/x")
    text = metrics.render().decode()
    assert 'visis_upstream_request_seconds_count{status="200",upstream="worker"} 1.0' in text
    assert 'visis_upstream_in_flight{upstream="worker"} 0.0' in text
    assert 'visis_upstream_replicas{state="healthy",upstream="worker"} 1.0' in text


def test_ready_returns_the_reason(service):
    upstream = Upstream("worker", service.url)
    assert upstream.ready() is None
    service.status = 503
    assert upstream.ready() == "worker is not ready: 503"
    with fault_proxy(service.target, "refuse") as proxy:
        assert Upstream("worker", proxy.url).ready() == "worker cannot be reached"


def _until(condition) -> None:
    for _ in range(500):
        if condition():
            return
        threading.Event().wait(0.01)
    raise AssertionError("it did not become true within 5 s")
