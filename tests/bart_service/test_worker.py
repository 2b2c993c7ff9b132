from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future

import pytest

from bart_service.batching import BatchLimits
from bart_service.engine import Output, Piece
from bart_service.worker import ModelWorker, Priority
from servicekit.problems import Busy, NotReady, UpstreamTimeout
from tests.bart_service.fakes import FakeEngine, FakeObserver

WAIT_S = 20


@pytest.fixture
def start() -> Iterator[object]:
    """Starts workers whose model has loaded (or failed to)."""
    workers = []

    def make(engine: FakeEngine, **settings) -> ModelWorker:
        settings = {"limits": BatchLimits(4, 400), "observer": FakeObserver(), **settings}
        worker = ModelWorker(engine, **settings)
        workers.append((worker, engine))
        worker.start()
        return worker

    yield make
    for worker, engine in workers:
        engine.gate.set()
        worker.stop()


def piece(words: int = 10) -> Piece:
    return Piece("word " * words, tuple(range(words)))


def submit(worker: ModelWorker, words: int = 10, **kwargs) -> Future[Output]:
    return worker.submit(piece(words), **{"deadline": time.monotonic() + WAIT_S, **kwargs})


def hold(worker: ModelWorker, engine: FakeEngine) -> Future[Output]:
    """Keep the model busy with a piece of its own until the gate opens."""
    engine.gate.clear()
    first = submit(worker)
    assert engine.begun.acquire(timeout=WAIT_S)
    return first


def test_the_model_is_loaded_and_used_by_one_thread_that_is_not_the_callers(start):
    engine = FakeEngine()
    worker = start(engine)
    assert submit(worker).result(WAIT_S).text == "word word word word word."
    assert engine.loaded_by is not threading.current_thread()
    assert (worker.state, worker.problem) == ("ready", None)


def test_pieces_that_waited_are_computed_together(start):
    engine = FakeEngine()
    worker = start(engine)
    first = hold(worker, engine)
    others = [submit(worker) for _ in range(6)]
    engine.gate.set()
    for future in [first, *others]:
        future.result(WAIT_S)
    assert [len(batch) for batch in engine.batches] == [1, 4, 2]


def test_interactive_pieces_go_before_background_ones_that_came_first(start):
    engine = FakeEngine()
    worker = start(engine, limits=BatchLimits(1, 400))
    hold(worker, engine)
    late = submit(worker, 11, priority=Priority.BACKGROUND)
    soon = submit(worker, 12)
    engine.gate.set()
    late.result(WAIT_S)
    soon.result(WAIT_S)
    assert [batch[0].cost for batch in engine.batches] == [10, 12, 11]


def test_background_pieces_are_not_starved(start):
    engine = FakeEngine()
    worker = start(engine, limits=BatchLimits(1, 400), lead_s=0.0)
    hold(worker, engine)
    futures = [submit(worker, 11, priority=Priority.BACKGROUND), submit(worker, 12)]
    engine.gate.set()
    for future in futures:
        future.result(WAIT_S)
    assert [batch[0].cost for batch in engine.batches] == [10, 11, 12]


def test_a_cancelled_piece_is_never_computed(start):
    engine, observer = FakeEngine(), FakeObserver()
    worker = start(engine, observer=observer)
    hold(worker, engine)
    dropped, kept = submit(worker, 11), submit(worker, 12)
    assert dropped.cancel()
    engine.gate.set()
    kept.result(WAIT_S)
    assert [piece.cost for batch in engine.batches for piece in batch] == [10, 12]
    assert observer.reasons == ["cancelled"]


def test_an_expired_piece_is_never_computed(start):
    engine, observer = FakeEngine(), FakeObserver()
    worker = start(engine, observer=observer)
    hold(worker, engine)
    expired = submit(worker, 11, deadline=time.monotonic())
    engine.gate.set()
    with pytest.raises(UpstreamTimeout):
        expired.result(WAIT_S)
    submit(worker).result(WAIT_S)
    assert all(piece.cost != 11 for batch in engine.batches for piece in batch)
    assert observer.reasons == ["expired"]


def test_a_full_queue_refuses_and_says_when_to_retry(start):
    engine, observer = FakeEngine(), FakeObserver()
    worker = start(engine, queue_size=1, observer=observer)
    submit(worker).result(WAIT_S)
    worker.seconds_for(1)
    with worker.admit() as weigh:
        weigh(10_000_000_000)
        with pytest.raises(Busy) as caught, worker.admit():
            pass
        assert caught.value.headers["Retry-After"] == "120"
    assert observer.reasons == ["queue_full"]
    with worker.admit():
        pass


def test_the_time_to_wait_follows_the_measured_rate(start):
    engine = FakeEngine()
    worker = start(engine)
    assert worker.seconds_for(100) is None
    submit(worker).result(WAIT_S)
    submit(worker).result(WAIT_S)
    alone = worker.seconds_for(1000, alone=True)
    with worker.admit() as weigh:
        weigh(3000)
        assert worker.seconds_for(1000) == pytest.approx(4 * alone, rel=1.0)


def test_a_batch_that_does_not_fit_is_halved_once(start):
    engine, observer = FakeEngine(fits=2), FakeObserver()
    worker = start(engine, observer=observer)
    hold(worker, engine)
    futures = [submit(worker) for _ in range(8)]
    engine.gate.set()
    assert all(future.result(WAIT_S).text for future in futures)
    assert [len(batch) for batch in engine.batches] == [1, 4, 2, 2, 2, 2]
    assert observer.reasons == ["out_of_memory"]


def test_a_piece_that_fits_no_device_fails_alone(start):
    engine = FakeEngine(fits=0)
    worker = start(engine)
    with pytest.raises(NotReady, match="memory"):
        submit(worker).result(WAIT_S)


def test_a_defect_fails_its_batch_and_not_the_worker(start):
    engine = FakeEngine(error=ZeroDivisionError())
    worker = start(engine)
    with pytest.raises(ZeroDivisionError):
        submit(worker).result(WAIT_S)
    engine._error = None
    assert submit(worker).result(WAIT_S).tokens == 5


def test_an_engine_that_cannot_load_says_why(start):
    worker = start(FakeEngine(unavailable="cannot load: no weights"))
    worker._thread.join(WAIT_S)
    assert (worker.state, worker.problem) == ("failed", "cannot load: no weights")


def test_stopping_refuses_what_waits(start):
    engine = FakeEngine()
    worker = start(engine)
    hold(worker, engine)
    waiting = submit(worker)
    stopper = threading.Thread(target=worker.stop)
    stopper.start()
    engine.gate.set()
    stopper.join(WAIT_S)
    for future in (waiting, submit(worker)):
        with pytest.raises(NotReady, match="stopping"):
            future.result(WAIT_S)
