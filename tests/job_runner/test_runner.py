"""A runner does jobs whole, goes on where another stopped, waits, degrades, gives up, and stops when cancelled."""

from __future__ import annotations

import threading

import pytest

from contract.jobs import BeforeScope
from gateway.job_orders import Order
from job_runner import runner as runner_module
from servicekit.problems import ProblemError
from tests.whole_jobs import claimable, run_job, wait_until

CHAPTERS = 4


def order(orders, book_id, **wanted):
    return orders.place(Order(book_id, **{"engine": "bart", "points": 2, **wanted})).job.id


def job(upstreams, job_id):
    return upstreams.catalog.call_json("GET", f"/jobs/{job_id}")


def document(upstreams, job_id):
    return upstreams.catalog.call_json("GET", job(upstreams, job_id)["result"])


def test_a_book_is_summarised_spoken_and_handed_in(orders, book_id, make_runner, upstreams, bart):
    job_id = order(orders, book_id, audio=True)
    run_job(make_runner(), job_id)
    assert job(upstreams, job_id)["state"] == "succeeded"
    made = document(upstreams, job_id)
    assert [chapter["number"] for chapter in made["chapters"]] == [1, 2, 3, 4]
    assert [point["text"] for point in made["points"]] == ["One point.", "Two points."]
    assert all(row["supported"] for row in made["chapters"][2]["sentences"])
    assert [mark["title"] for mark in made["audio"]["chapters"]][1:] == [
        f"CHAPTER {number}" for number in range(1, CHAPTERS + 1)
    ]
    assert made["audio"]["seconds"] > 1
    audio = upstreams.catalog.call("GET", f"/summaries/{made['id']}/audio")
    assert len(audio.body) == made["audio"]["bytes"]
    captions = upstreams.catalog.call("GET", f"/summaries/{made['id']}/audio.vtt").body.decode()
    assert captions.count("-->") == sum(asked["path"] == "/speech" for asked in bart.asked)


def test_progress_is_counted_to_the_end_and_in_the_events(orders, book_id, make_runner, upstreams):
    job_id = order(orders, book_id)
    run_job(make_runner(), job_id)
    done = job(upstreams, job_id)
    assert done["parts_done"] == done["parts_total"]
    events = upstreams.catalog.call_json("GET", f"/jobs/{job_id}/events.json")
    kinds = [event["type"] for event in events]
    assert kinds.count("chapter") == CHAPTERS
    assert {"stage", "progress", "summary", "points"} <= set(kinds)
    assert events[-1]["data"]["state"] == "succeeded"


def test_another_order_of_the_same_text_makes_only_what_is_new(orders, book_id, make_runner, bart):
    runner = make_runner()
    run_job(runner, order(orders, book_id))
    before = len(bart.asked)
    run_job(runner, order(orders, book_id, points=1))
    assert [asked["path"] for asked in bart.asked[before:]] == ["/points"]


def test_a_recap_shares_the_chapters_that_were_read_whole(orders, book_id, make_runner, bart, upstreams):
    runner = make_runner()
    run_job(runner, order(orders, book_id, points=0))
    before = len(bart.asked)
    pages = upstreams.catalog.call_json("GET", f"/books/{book_id}/chapters")["chapters"]
    job_id = order(orders, book_id, scope=BeforeScope(before=pages[2]["first_page"] + 1), points=0)
    run_job(runner, job_id)
    assert "chapter 4" not in str(document(upstreams, job_id))
    assert len(bart.asked) - before <= 3  # the chapter that was broken off, and the summary of all


def test_a_lost_runner_is_taken_over_without_making_a_part_again(orders, book_id, make_runner, bart, upstreams):
    bart.gate = threading.Event()
    job_id = order(orders, book_id, points=0)
    first = make_runner("one", parallel=1)
    lost = threading.Thread(target=run_job, args=(first, job_id))
    lost.start()
    wait_until(lambda: len(bart.asked) == 1)
    upstreams.catalog.call_json("POST", "/internal/leases/release", {"owner": "one"})
    lost.join(timeout=5)
    assert not lost.is_alive()
    bart.gate.set()
    run_job(make_runner("two"), job_id)
    assert job(upstreams, job_id)["state"] == "succeeded"
    texts = [asked["text"] for asked in bart.asked]
    assert len(texts) - len(set(texts)) == 1  # the part in flight


def test_cancelling_breaks_a_part_under_way_off_while_its_worker_still_works(
    orders, book_id, make_runner, bart, upstreams
):
    bart.gate = threading.Event()
    job_id = order(orders, book_id)
    work = threading.Thread(target=run_job, args=(make_runner(), job_id))
    work.start()
    assert bart.started.wait(10)
    upstreams.catalog.call("DELETE", f"/jobs/{job_id}")
    work.join(timeout=10)  # the worker would take twenty seconds
    assert not work.is_alive()
    assert not bart.gate.is_set()
    assert job(upstreams, job_id)["state"] == "cancelled"


def test_the_parts_of_a_job_are_spread_over_two_replicas(orders, book_id, make_runner, bart, second_bart, upstreams):
    meeting = threading.Barrier(2)
    bart.meeting = second_bart.meeting = meeting  # broken unless both replicas have a part at the same time
    job_id = order(orders, book_id, points=0)
    run_job(make_runner(parallel=2), job_id)
    assert job(upstreams, job_id)["state"] == "succeeded"
    assert not meeting.broken
    assert bart.asked
    assert second_bart.asked


def test_a_replica_that_is_killed_with_a_part_in_flight_does_not_fail_the_job(
    orders, book_id, make_runner, bart, second_bart, upstreams
):
    bart.dying = True
    job_id = order(orders, book_id)
    run_job(make_runner(), job_id)
    assert job(upstreams, job_id)["state"] == "succeeded"
    events = upstreams.catalog.call_json("GET", f"/jobs/{job_id}/events.json")
    assert "waiting" not in {event["type"] for event in events}  # it was never put back
    assert bart.asked
    assert len(second_bart.asked) > len(bart.asked)


def test_a_worker_that_fails_puts_the_job_back_with_the_reason(orders, book_id, make_runner, bart, upstreams):
    bart.failing = [502]
    job_id = order(orders, book_id)
    run_job(make_runner(), job_id)
    waiting = job(upstreams, job_id)
    assert waiting["state"] == "queued"
    assert waiting["waiting"]["reason"]
    wait_until(lambda: job_id in claimable(upstreams))
    run_job(make_runner(), job_id)
    assert job(upstreams, job_id)["state"] == "succeeded"


def test_a_busy_worker_is_asked_again_and_the_job_goes_on(orders, book_id, make_runner, bart, upstreams):
    bart.failing = [503]
    job_id = order(orders, book_id)
    run_job(make_runner(), job_id)
    assert job(upstreams, job_id)["state"] == "succeeded"


def test_a_part_of_which_the_model_says_nothing_speaks_for_itself(orders, book_id, make_runner, bart, upstreams):
    bart.mute = True
    job_id = order(orders, book_id)
    run_job(make_runner(), job_id)
    made = document(upstreams, job_id)
    assert all(chapter["summary"].startswith("In chapter") for chapter in made["chapters"])


def test_a_refused_part_fails_the_job_at_once(orders, book_id, make_runner, bart, upstreams):
    bart.failing = [422] * 8
    job_id = order(orders, book_id)
    run_job(make_runner(), job_id)
    failed = job(upstreams, job_id)
    assert (failed["state"], failed["problem"]["status"]) == ("failed", 422)


def test_auto_does_without_an_engine_that_stays_away_and_says_so(orders, book_id, make_runner, bart, upstreams):
    bart.loaded = False
    job_id = order(orders, book_id, engine="auto")
    runner = make_runner()
    for _ in range(3):
        wait_until(lambda: job_id in claimable(upstreams))
        run_job(runner, job_id)
    made = document(upstreams, job_id)
    assert (made["engine"], made["degraded"]) == ("extractive", True)
    assert "loading" in made["degraded_reason"]
    assert job(upstreams, job_id)["degraded"] == made["degraded_reason"]


def test_a_named_engine_that_stays_away_fails_the_job_after_its_attempts(orders, book_id, make_runner, bart, upstreams):
    job_id = order(orders, book_id)
    bart.failing = [502] * 100
    runner = make_runner()
    for _ in range(3):
        wait_until(lambda: job_id in claimable(upstreams))
        run_job(runner, job_id)
    failed = job(upstreams, job_id)
    assert failed["state"] == "failed"
    assert "3 attempts" in failed["problem"]["detail"]


def test_an_engine_asked_for_by_name_that_is_not_there_is_refused_at_once(orders, book_id, bart):
    bart.loaded = False
    with pytest.raises(ProblemError) as refused:
        order(orders, book_id)
    assert refused.value.status == 503


def test_a_text_that_changed_after_the_order_fails_the_job(orders, book_id, make_runner, upstreams, library):
    job_id = order(orders, book_id)
    for table in ("pages", "chapters"):
        library.db.execute_sql(f"UPDATE {table} SET revision = 2 WHERE book_id = ?", (book_id,))
    library.db.execute_sql("UPDATE books SET revision = 2 WHERE id = ?", (book_id,))
    run_job(make_runner(), job_id)
    assert job(upstreams, job_id)["problem"]["status"] == 409


def test_a_job_that_the_runner_has_is_not_claimed_again_and_can_be_cancelled(
    orders, book_id, make_runner, bart, upstreams
):
    bart.gate = threading.Event()
    job_id = order(orders, book_id)
    runner = make_runner()
    work = threading.Thread(target=run_job, args=(runner, job_id))
    work.start()
    assert bart.started.wait(10)
    run_job(runner, job_id)
    upstreams.catalog.call("DELETE", f"/jobs/{job_id}")
    work.join(timeout=10)
    assert not work.is_alive()
    assert not bart.gate.is_set()


def test_two_runners_on_one_folder_get_different_numbers_and_a_dead_ones_is_free(tmp_path):
    one, lock = runner_module.take_name(tmp_path)
    two, other = runner_module.take_name(tmp_path)
    assert (one, two) == (1, 2)
    lock.close()
    again, lock = runner_module.take_name(tmp_path)
    assert again == 1
    lock.close()
    other.close()
