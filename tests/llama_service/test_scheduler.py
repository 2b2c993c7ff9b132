"""What the scheduler puts into one batch, and in which order; the tokens themselves are in test_neural."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.llama_gguf import prose
from llama_service.admission import Admission
from llama_service.backend import Backend, Options
from llama_service.engine import Generation
from llama_service.scheduler import PAUSE_S, PAUSE_STEPS, Pause, Scheduler, _share
from llama_service.ticket import Finished, Ticket
from llama_service.worker_metrics import WorkerMetrics
from servicekit.metrics import Metrics

SLOTS = 4


@pytest.fixture
def backend(tiny_model):
    made = Backend(Options(tiny_model, n_ctx=512, sequences=SLOTS, n_batch=128))
    yield made
    made.close()


def batches(backend, tickets, monkeypatch):
    """The sequences of each batch that it took to serve these tickets."""
    found = []
    decode = backend.decode

    def noted(tokens, positions, sequences, outputs):
        found.append(sequences.tolist())
        decode(tokens, positions, sequences, outputs)

    admission = Admission(64, 100_000, SLOTS)
    scheduler = Scheduler(
        backend, admission, WorkerMetrics(Metrics("llama_service")), slots=SLOTS, head=[], cache_bytes=0
    )
    monkeypatch.setattr(backend, "decode", noted)
    for ticket in tickets:
        admission.submit(ticket)
    monkeypatch.setattr(admission, "wait", lambda: False)  # ends the run when all is done
    scheduler.run()
    return found


def ticket(backend, words, tokens):
    prompt = np.array(backend.tokenize(prose(words, seed=words)), dtype=np.int32)
    return Ticket(prompt, tokens, Generation(max_tokens=tokens))


def test_adjacent_sequences_stand_in_order_so_that_llama_cpp_computes_them_together(backend, monkeypatch):
    # answers of different lengths, so that slots are freed and taken again in another order
    tickets = [ticket(backend, 30 + 7 * number, 3 + 5 * (number % 4)) for number in range(12)]
    found = batches(backend, tickets, monkeypatch)
    assert all(sequences == sorted(sequences) for sequences in found)
    assert max(len(set(sequences)) for sequences in found if len(sequences) == len(set(sequences))) == SLOTS
    for one in tickets:
        while not isinstance(one.take(0), Finished):
            pass


def test_prompts_that_are_read_together_are_read_in_equal_pieces(backend, monkeypatch):
    prompt = ticket(backend, 12, 2).prompt[:15]
    found = batches(backend, [Ticket(prompt, 2, Generation(max_tokens=2)) for _ in range(3)], monkeypatch)
    assert sorted(found[0]) == [0] * 15 + [1] * 15 + [2] * 15


@pytest.mark.parametrize(
    ("unread", "most", "first"),
    [(10, 64, 10), (64, 64, 64), (65, 64, 48), (204, 128, 112), (92, 128, 92), (1000, 96, 96), (33, 32, 32)],
)
def test_a_prompt_is_read_in_few_and_nearly_equal_pieces_of_whole_tiles(unread, most, first):
    assert _share(unread, most) == first


def test_answers_wait_for_prompts_as_long_as_some_of_their_steps_but_a_second_at_most(monkeypatch):
    now = 100.0
    monkeypatch.setattr("llama_service.scheduler.time.monotonic", lambda: now)
    pause = Pause()
    assert pause.is_over()
    for step_s, waits_s in ((0.01, 0.01 * PAUSE_STEPS), (5.0, PAUSE_S)):
        pause.begin(step_s)
        now += waits_s - 0.001
        assert not pause.is_over()
        now += 0.002
        assert pause.is_over()
