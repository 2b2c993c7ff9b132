"""Killing any process at any time loses no job, makes no finished part again, and changes no result."""

from __future__ import annotations

import random

import pytest

from benchmarks.killing import VICTIMS, equal, product

CHAPTERS = 6
PARALLEL = 2
PEOPLE = ("Agnes Tull", "Daniel Marsh", "the inspector", "Ruth Arden", "the pilot", "old Quill")
DEEDS = ("carried {} up the tower", "wrote {} down in the ledger", "lost {} in the fog", "sold {} at the harbour")
THINGS = ("the brass lamp", "a barrel of oil", "two letters", "the spare lens", "a grey cat", "his best coat")
WHEN = ("before dawn", "after the storm", "on the last day of May", "when the bell rang", "without a word")


def novel(seed):
    """A book of ours, another for each seed, so that nothing of it is cached."""
    dice = random.Random(seed)

    def sentence():
        deed = dice.choice(DEEDS).format(dice.choice(THINGS))
        return f"{dice.choice(PEOPLE).capitalize()} {deed} {dice.choice(WHEN)}, for the {dice.randint(2, 90)}th time."

    chapters = (" ".join(sentence() for _ in range(40)) for _ in range(CHAPTERS))
    return "\n\n\n".join(f"CHAPTER {number}\n\n{text}" for number, text in enumerate(chapters, 1))


@pytest.fixture(scope="module")
def breakable(tmp_path_factory):
    with product(tmp_path_factory.mktemp("faults"), RUNNER_PARALLEL=str(PARALLEL)) as running:
        yield running


def ordered(breakable, text, name):
    files = {"file": (f"{name}.txt", text.encode(), "text/plain")}
    book = breakable.request("POST", "/books/import", files=files, data={"title": "The Keepers"}).json()
    return breakable.order(book["id"])


def finished(breakable, job):
    ended = breakable.await_job(job, lambda now: now["state"] in ("succeeded", "failed", "cancelled"))
    assert ended["state"] == "succeeded", ended
    return breakable.request("GET", ended["result"]).json()


@pytest.mark.parametrize("victim", VICTIMS)
def test_a_killed_process_costs_no_job_and_no_finished_part(breakable, victim):
    text = novel(victim)
    made_before = breakable.made()
    job = ordered(breakable, text, victim)
    breakable.await_job(job, lambda now: now["parts_total"] and now["parts_done"] >= now["parts_total"] / 2)
    breakable.kill(victim)
    disturbed = finished(breakable, job)
    made = breakable.made() - made_before
    assert len(made) >= 2 * CHAPTERS
    assert sum(made.values()) - len(made) <= PARALLEL
    assert breakable.request("DELETE", f"/summaries/{disturbed['id']}").status_code == 204
    calm = finished(breakable, ordered(breakable, text, victim))
    assert equal(disturbed, calm)
    audio = breakable.request("GET", f"/summaries/{calm['id']}/audio")
    assert len(audio.content) == calm["audio"]["bytes"]
