"""Text from token bytes: whole characters, stop texts, nothing unprintable."""

import pytest

from llama_service.text_stream import TextStream


def run(pieces, stop=()):
    stream = TextStream(stop)
    given = [stream.add(piece) for piece in pieces]
    return given, stream.finish(), stream


def test_a_character_cut_between_tokens_comes_whole():
    euro = "€".encode()
    given, rest, _ = run([b"5 ", euro[:1], euro[1:2], euro[2:]])
    assert given == ["5 ", "", "", "€"]
    assert rest == ""


def test_bytes_that_never_become_a_character_are_dropped_at_the_end():
    given, rest, _ = run([b"so", "é".encode()[:1]])
    assert "".join(given) + rest == "so"


def test_bytes_that_are_no_utf8_become_a_replacement_character():
    given, _, _ = run([b"a\xffb"])
    assert given == ["a\ufffdb"]


@pytest.mark.parametrize("size", [1, 2, 3, 50])
def test_nothing_of_a_stop_text_or_after_it_is_given_however_the_text_is_cut(size):
    data = b"A cat sat. END of it"
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    given, rest, stream = run(pieces, [" END", "never"])
    assert "".join(given) + rest == "A cat sat."
    assert stream.stopped


def test_the_beginning_of_a_stop_text_that_does_not_come_is_given_at_the_end():
    given, rest, stream = run([b"one E", b"N"], ["END"])
    assert "".join(given) == "one "
    assert rest == "EN"
    assert not stream.stopped


def test_the_first_of_several_stop_texts_counts():
    given, _, _ = run([b"a b c d"], ["d", "b"])
    assert given == ["a "]


def test_control_characters_are_left_out_but_lines_stay():
    given, _, _ = run([b"a\x00b\x1b[1m\n\tc\x7f"])
    assert given == ["ab[1m\n\tc"]
