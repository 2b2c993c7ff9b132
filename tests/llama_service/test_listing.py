"""Lists of key points: the reader by itself, and the grammar on a real model."""

import numpy as np
import pytest

from llama_service.backend import Backend, Options
from llama_service.engine import Generation, NoToken
from llama_service.listing import ListConstraint, ListReader, grammar, grammar_from_close, lines

CUT = "\ue000"


@pytest.fixture(scope="module")
def backend(tiny_model):
    backend = Backend(Options(tiny_model, n_ctx=256))
    yield backend
    backend.close()


def read(text, size):
    reader = ListReader()
    given = "".join(reader.add(text[at : at + size]) for at in range(0, len(text), size))
    return reader.points, given


@pytest.mark.parametrize("size", [1, 2, 7, 100])
@pytest.mark.parametrize(
    ("text", "points"),
    [
        ('["One thing.", "Another thing."]', ["One thing.", "Another thing."]),
        (f'["Cut in the mid{CUT}", "Whole"]', ["Cut in the…", "Whole"]),
        (f'["Cut after a word, {CUT}"]', ["Cut after a word,…"]),
        (f'["Onlyoneword{CUT}"]', ["Onlyoneword…"]),
        ('["Trailing space  "]', ["Trailing space"]),
        ('["Ünïcödé 書 «x»"]', ["Ünïcödé 書 «x»"]),
    ],
)
def test_what_is_given_out_is_the_points_as_lines_however_the_text_is_cut(text, points, size):
    found, given = read(text, size)
    assert found == points
    assert given == lines(points)


def test_an_unfinished_string_is_no_point():
    assert read('["Done.", "Not do', 3)[0] == ["Done."]


def accepts(backend, text, sentence):
    """Whether a grammar goes on with every token of `sentence`."""
    rules = backend.grammar(text)
    try:
        for token in backend.tokenize(sentence):
            rules.accept(token)
    except ValueError:
        return False
    finally:
        rules.close()
    return True


@pytest.mark.parametrize(
    ("count", "text", "fits"),
    [
        (1, '["A ship."]', True),
        (2, '["A ship.", "A reef."]', True),
        (2, '["A ship."]', False),
        (1, '["A ship.", "A reef."]', False),
        (1, '[""]', False),
        (1, '[" A"]', False),
        (1, '["A\nB"]', False),
        (1, '["A\\"B"]', False),
        (1, "A ship.", False),
    ],
)
def test_the_grammar_takes_lists_of_exactly_so_many_strings(backend, count, text, fits):
    assert accepts(backend, grammar(count), text) is fits


@pytest.mark.parametrize(("left", "text"), [(0, '"]'), (2, '", "b", "c"]')])
def test_the_rest_of_a_list_can_be_written_from_the_close_of_a_string(backend, left, text):
    assert accepts(backend, grammar_from_close(left), text)


@pytest.mark.parametrize("count", [1, 3, 30])
@pytest.mark.parametrize("seed", range(5))
def test_any_logits_give_so_many_strings_within_the_budget(backend, count, seed):
    random = np.random.default_rng(seed)
    budget = 8 * count
    constraint, sampler = ListConstraint(backend, count, budget), backend.sampler(Generation())
    written, tokens = b"", 0
    while not constraint.done:
        logits = random.standard_normal(backend.info.vocabulary, dtype=np.float32)
        written += constraint.pick(logits, sampler)[1]
        tokens += 1
    constraint.close()
    points, _ = read(written.decode("utf-8", "replace"), 5)
    assert len(points) == count
    assert all(points)
    assert tokens <= budget


def test_a_model_that_wants_to_end_at_once_writes_the_list_all_the_same(backend):
    logits = np.zeros(backend.info.vocabulary, dtype=np.float32)
    logits[backend.end_tokens] = 100
    constraint, sampler = ListConstraint(backend, 2, 16), backend.sampler(Generation())
    written = b""
    while not constraint.done:
        written += constraint.pick(logits, sampler)[1]
    assert written.startswith(b'["')
    constraint.close()


def test_a_grammar_no_token_goes_on_with_is_an_error_and_not_a_crash(backend):
    constraint = ListConstraint(backend, 1, 16, text='root ::= "\\U0001F600" "\\U0001F600"')
    logits = np.full(backend.info.vocabulary, -np.inf, dtype=np.float32)
    logits[backend.tokenize("a")[0]] = 1.0
    with pytest.raises(NoToken):
        constraint.pick(logits, backend.sampler(Generation()))
    constraint.close()


def test_a_grammar_that_cannot_be_parsed_is_refused(backend):
    with pytest.raises(ValueError, match="cannot be parsed"):
        backend.grammar("root ::= (")
