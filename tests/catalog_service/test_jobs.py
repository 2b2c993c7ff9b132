"""The jobs of a database: shared, leased, worked on, given up, finished; each part once."""

from __future__ import annotations

import importlib
import json
import threading

import pytest
from peewee import OperationalError
from prometheus_client import CollectorRegistry

from catalog_service.jobs.metrics import EVENTS, Backlog, JobEvents
from catalog_service.jobs.store import Jobs
from catalog_service.jobs.tables import Job as JobRow
from catalog_service.jobs.tables import JobEvent
from contract.events import SummaryEvent
from contract.jobs import (
    FinishedPart,
    FinishedParts,
    Job,
    JobRequest,
    JobResult,
    NewJob,
    NumberedEvent,
    SummaryDocument,
)
from servicekit.problems import Conflict, NotFound
from servicekit.schemas import Problem

LEASE_S = 10.0
PROBLEM = Problem(type="/problems#invalid-input", title="T", status=422, detail="It cannot be read.")


def order(book_id, points=0, **changes):
    """An order; another for each number of points."""
    wanted = {"scope": "book", "engine": "auto", "length": "short", "audio": False, "prefers": "bart", "options": {}}
    request = JobRequest(**{**wanted, "points": points, "revision": 1, **changes})
    return NewJob(book_id=book_id, request=request, made_by="extractive")


def result(owner, **changes):
    """What a job made."""
    about = {"book_id": 1, "title": "T", "author": "A", "revision": 1, "scope": "book", "engine": "extractive"}
    made = {"model": "m", "length": "short", "degraded": False, "degraded_reason": None, "summary": "S"}
    lists = {"sentences": [], "points": [], "chapters": [], "unsupported": 0}
    return JobResult(owner=owner, document=SummaryDocument(**{**about, **made, **lists, **changes}))


class FakeClock:
    """A clock that stands still."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def jobs(library, clock):
    return Jobs(library.db, 3, clock)


@pytest.fixture
def book_id(library):
    return library.books.add({"title": "T", "author": "A"})


@pytest.fixture
def job(jobs, book_id):
    made, new = jobs.create(order(book_id))
    assert new
    return made


def part(position, key="1", output="text", **values):
    made = {"kind": "summary", "made_by": "extractive", "seconds": 2.0, **values}
    return FinishedPart(position=position, key=key * 64, output=output, **made)


def finished(owner, parts, total=None, stage="parts", **more):
    return FinishedParts(owner=owner, stage=stage, parts=parts, total=total, **more)


def together(library, calls):
    """Make the calls at the same time, each in a thread with a connection of its own; their results."""
    results = []

    def run(call):
        results.append(call())
        library.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def states(jobs, job_id):
    return [event["data"]["state"] for event in jobs.events(job_id) if event["type"] == "state"]


def test_an_equal_request_shares_the_job_and_another_does_not(jobs, job, book_id):
    same, new = jobs.create(order(book_id))
    assert (same["id"], new) == (job["id"], False)
    other, new = jobs.create(order(book_id, 1))
    assert new
    assert other["id"] != job["id"]


def test_an_order_for_another_revision_or_engine_is_another_job(jobs, job, book_id):
    for other in (order(book_id, revision=2), order(book_id).model_copy(update={"made_by": "another"})):
        assert jobs.create(other)[1]


def test_many_threads_that_ask_the_same_get_one_job(jobs, book_id, library):
    made = together(library, [lambda: jobs.create(order(book_id))[0]["id"]] * 8)
    assert len(made) == 8
    assert len(set(made)) == 1


def test_a_job_for_a_book_that_does_not_exist_is_refused(jobs):
    with pytest.raises(NotFound):
        jobs.create(order(999))


def test_one_of_many_runners_gets_a_job(jobs, job, library):
    got = together(library, [lambda name=n: jobs.claim(job["id"], f"runner-{name}", LEASE_S) for n in range(8)])
    assert sum(claimed is not None for claimed in got) == 1
    assert jobs.get(job["id"])["state"] == "running"


def test_a_lease_that_is_renewed_is_kept_and_one_that_runs_out_is_taken_over(jobs, job, clock):
    jobs.claim(job["id"], "one", LEASE_S)
    clock.now += LEASE_S - 1
    assert jobs.renew("one", [job["id"]], LEASE_S) == [job["id"]]
    clock.now += LEASE_S - 1
    assert jobs.claimable() == []
    clock.now += 2
    assert jobs.claimable() == [job["id"]]
    assert jobs.claim(job["id"], "two", LEASE_S)["attempts"] == 2
    assert jobs.renew("one", [job["id"]], LEASE_S) == []
    with pytest.raises(Conflict):
        jobs.add_parts(job["id"], finished("one", [part("a")]))


def test_a_lease_that_the_runner_does_not_name_runs_out(jobs, job, book_id, clock):
    other, _ = jobs.create(order(book_id, 1))
    for one in (job, other):
        jobs.claim(one["id"], "one", LEASE_S)
    clock.now += LEASE_S - 1
    assert jobs.renew("one", [job["id"]], LEASE_S) == [job["id"]]
    clock.now += 2
    assert jobs.claimable() == [other["id"]]


def test_a_claim_whose_answer_was_lost_is_answered_again_for_its_owner_alone(jobs, job):
    first = jobs.claim(job["id"], "one", LEASE_S)
    assert jobs.claim(job["id"], "one", LEASE_S) == first
    assert jobs.claim(job["id"], "two", LEASE_S) is None
    assert states(jobs, job["id"]) == ["queued", "running"]


def test_a_part_is_stored_and_counted_once_and_has_one_event(jobs, job):
    jobs.claim(job["id"], "one", LEASE_S)
    event = SummaryEvent(summary="first")
    for output in ("first", "again"):
        shown = jobs.add_parts(
            job["id"], finished("one", [part("a", output=output, event=event)], 4, made_by="extractive")
        )
    assert (shown["parts_done"], shown["parts_total"]) == (1, 4)
    assert jobs.find_parts(["1" * 64, "2" * 64]) == {"1" * 64: "first"}
    found = [event["data"] for event in jobs.events(job["id"]) if event["type"] == "summary"]
    assert found == [{"type": "summary", "summary": "first"}]


def test_a_part_of_another_job_is_placed_without_being_made(jobs, job, book_id):
    jobs.claim(job["id"], "one", LEASE_S)
    jobs.add_parts(job["id"], finished("one", [part("a")], 1))
    other, _ = jobs.create(order(book_id, 1))
    jobs.claim(other["id"], "one", LEASE_S)
    shown = jobs.add_parts(other["id"], finished("one", [FinishedPart(position="a", key="1" * 64)], 1))
    assert shown["parts_done"] == 1


def test_a_deferred_job_waits_longer_each_time_and_says_why(jobs, job, clock):
    waits = []
    for _ in range(2):
        jobs.claim(job["id"], "one", LEASE_S)
        shown = jobs.defer(job["id"], "one", "bart_service cannot be reached")
        assert shown["state"] == "queued"
        assert shown["waiting"]["reason"] == "bart_service cannot be reached"
        assert jobs.claimable() == []
        waits.append(shown["waiting"]["seconds"])
        clock.now += waits[-1]
        assert jobs.claimable() == [job["id"]]
    assert waits == [1, 2]


def test_a_job_without_progress_fails_after_its_attempts_with_the_last_reason(jobs, job, clock):
    for _ in range(3):
        jobs.claim(job["id"], "one", LEASE_S)
        shown = jobs.defer(job["id"], "one", "no answer")
        clock.now += 400
    assert shown["state"] == "failed"
    assert "3 attempts" in shown["problem"]["detail"]
    assert "no answer" in shown["problem"]["detail"]
    assert jobs.claimable() == []


def test_a_job_that_kills_its_runner_each_time_fails_too(jobs, job, clock):
    for _ in range(3):
        assert jobs.claim(job["id"], "one", LEASE_S)
        clock.now += LEASE_S + 1
    assert jobs.claim(job["id"], "one", LEASE_S) is None
    assert jobs.get(job["id"])["state"] == "failed"


def test_progress_gives_a_job_all_its_attempts_again(jobs, job, clock):
    for number in range(6):
        jobs.claim(job["id"], "one", LEASE_S)
        jobs.add_parts(job["id"], finished("one", [part(f"p{number}", key=str(number))]))
        clock.now += LEASE_S + 1
    assert jobs.get(job["id"])["parts_done"] == 6
    assert jobs.get(job["id"])["state"] == "running"


def test_a_released_job_can_be_claimed_at_once(jobs, job):
    jobs.claim(job["id"], "one", LEASE_S)
    assert jobs.release("two") == []
    assert jobs.release("one") == [job["id"]]
    assert jobs.claimable() == [job["id"]]


def test_a_cancelled_job_is_lost_to_its_runner(jobs, job):
    jobs.claim(job["id"], "one", LEASE_S)
    assert jobs.cancel(job["id"])["state"] == "cancelled"
    assert jobs.cancel(job["id"])["state"] == "cancelled"
    assert jobs.renew("one", [job["id"]], LEASE_S) == []
    for call, what in ((jobs.defer, "reason"), (jobs.fail, PROBLEM)):
        with pytest.raises(Conflict):
            call(job["id"], "one", what)
    with pytest.raises(Conflict):
        jobs.finish(job["id"], result("one"))
    assert states(jobs, job["id"]) == ["queued", "running", "cancelled"]


def test_a_finished_job_has_its_document_once_and_is_shared(jobs, job, book_id, library):
    jobs.claim(job["id"], "one", LEASE_S)
    for _ in range(2):
        shown = jobs.finish(job["id"], result("one"))
    assert shown["state"] == "succeeded"
    assert library.db.execute_sql("SELECT COUNT(*) FROM summaries").fetchone() == (1,)
    assert jobs.create(order(book_id))[0]["id"] == job["id"]
    with pytest.raises(Conflict):
        jobs.cancel(job["id"])


def test_a_degraded_result_is_not_shared(jobs, job, book_id):
    jobs.claim(job["id"], "one", LEASE_S)
    jobs.finish(job["id"], result("one", degraded=True, degraded_reason="no model"))
    assert jobs.get(job["id"])["degraded"] == "no model"
    again, new = jobs.create(order(book_id))
    assert new
    assert again["id"] != job["id"]


def test_the_pieces_of_the_audio_go_with_the_job_that_made_them(jobs, job):
    jobs.claim(job["id"], "one", LEASE_S)
    parts = [part("a"), part("s", key="2", kind="speech")]
    jobs.add_parts(job["id"], finished("one", parts, 2, stage="speech"))
    jobs.finish(job["id"], result("one"))
    assert set(jobs.find_parts(["1" * 64, "2" * 64])) == {"1" * 64}


def test_the_time_left_comes_from_the_parts_made_here_before(jobs, job):
    jobs.claim(job["id"], "one", LEASE_S, parallel=2)
    parts = [part("a", seconds=2), part("b", key="2", seconds=4)]
    shown = jobs.add_parts(job["id"], finished("one", parts, 12, made_by="extractive"))
    assert shown["eta_s"] == pytest.approx(10 * 3 / 2)
    assert jobs.add_parts(job["id"], finished("one", [], made_by="another"))["eta_s"] is None


def test_events_come_after_the_one_seen_last(jobs, job):
    jobs.claim(job["id"], "one", LEASE_S)
    jobs.add_parts(job["id"], finished("one", [part("a", event=SummaryEvent(summary="S"))], 2))
    every = jobs.events(job["id"])
    assert [event["id"] for event in every] == list(range(1, len(every) + 1))
    assert jobs.events(job["id"], after=3) == every[3:]
    with pytest.raises(NotFound):
        jobs.events("nothing")


def test_waiting_for_a_job_ends_when_one_comes(jobs, book_id, library):
    waited, made = together(
        library, [lambda: jobs.claimable(wait_s=20), lambda: [jobs.create(order(book_id))[0]["id"]]]
    )
    assert waited == made


def test_deleting_a_book_deletes_its_jobs_and_tidying_their_parts(jobs, job, library, book_id):
    jobs.claim(job["id"], "one", LEASE_S)
    jobs.add_parts(job["id"], finished("one", [part("a")], 2))
    library.delete(book_id)
    assert jobs.renew("one", [job["id"]], LEASE_S) == []
    with pytest.raises(NotFound):
        jobs.get(job["id"])
    jobs.tidy()
    assert jobs.find_parts(["1" * 64]) == {}


def test_jobs_that_failed_long_ago_are_forgotten(jobs, job, clock):
    jobs.cancel(job["id"])
    jobs.tidy()
    assert jobs.get(job["id"])["state"] == "cancelled"
    clock.now += 31 * 86_400
    jobs.tidy()
    with pytest.raises(NotFound):
        jobs.get(job["id"])


def test_the_list_is_the_newest_first_and_filtered(jobs, job, book_id, clock):
    clock.now += 1
    newer, _ = jobs.create(order(book_id, 1))
    jobs.cancel(newer["id"])
    rows, total = jobs.found(1, 1)
    assert ([row["id"] for row in rows], total) == ([newer["id"]], 2)
    assert [row["id"] for row in jobs.found(1, 10, state="queued")[0]] == [job["id"]]
    assert jobs.found(1, 10, book_id=book_id + 1) == ([], 0)


def test_operators_see_the_backlog_and_what_happens_to_jobs(library, clock, book_id):
    registry = CollectorRegistry()
    jobs = Jobs(library.db, 3, clock, JobEvents(registry).count)
    registry.register(Backlog(jobs.backlog))
    lost, _ = jobs.create(order(book_id))
    other, _ = jobs.create(order(book_id, 1))
    shown = registry.get_sample_value
    assert shown("visis_jobs", {"state": "queued"}) == 2
    jobs.claim(lost["id"], "one", LEASE_S)
    jobs.claim(other["id"], "one", LEASE_S)
    assert shown("visis_jobs_oldest_seconds") == 0
    clock.now += LEASE_S + 1
    assert shown("visis_jobs_oldest_seconds") == pytest.approx(LEASE_S + 1)
    jobs.claim(lost["id"], "two", LEASE_S)
    jobs.defer(lost["id"], "two", "its engine is away")
    jobs.cancel(other["id"])
    assert shown("visis_jobs", {"state": "queued"}) == 1
    assert shown("visis_jobs", {"state": "running"}) == 0
    counted = {event: shown("visis_job_events_total", {"event": event}) for event in EVENTS}
    assert counted == {"created": 2, "succeeded": 0, "failed": 0, "cancelled": 1, "deferred": 1, "lease_lost": 1}


def test_orders_and_events_of_the_first_release_are_read_after_migration(jobs, job, library):
    request = {**job["request"], "text_sha256": "ab" * 32}
    del request["revision"]
    events = {
        "state": {"state": "queued"},
        "progress": {"parts_done": 1, "parts_total": None},
        "part": {"chapter": 1, "title": "I", "part": 1, "parts": 2, "summary": "S"},
    }
    JobRow.update(request=json.dumps(request)).where(JobRow.id == job["id"]).execute()
    JobEvent.delete().where(JobEvent.job_id == job["id"]).execute()
    for number, (kind, data) in enumerate(events.items(), start=1):
        JobEvent.insert(job_id=job["id"], id=number, type=kind, data=json.dumps(data)).execute()
    migration = importlib.import_module("catalog_service.migrations.0101_job_messages")
    migration.up(None, library.db)
    assert Job(**jobs.get(job["id"])).request.revision == 1
    found = [NumberedEvent(**event) for event in jobs.events(job["id"])]
    assert [event.data.type for event in found] == list(events)
    migration.down(None, library.db)
    assert json.loads(JobRow.get().request) == {**request, "text_sha256": ""}
    assert jobs.events(job["id"])[1]["data"] == events["progress"]


def test_the_other_metrics_are_there_while_the_database_is_away():
    def away():
        raise OperationalError("gone")

    assert list(Backlog(away).collect()) == []
