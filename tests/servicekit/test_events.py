"""Server-sent events survive any text in them."""

from __future__ import annotations

import json

import pytest

from servicekit import events
from servicekit.schemas import Model


class Part(Model):
    type: str = "part"
    summary: str = ""


@pytest.mark.parametrize("text", ["plain", "two\nlines\r\n\nand: a colon", "data: x\n\nid: 9", "“…” ☂ \u2028"])
def test_an_event_is_three_lines_whatever_is_in_it(text):
    lines = events.encode(Part(summary=text), 7).split("\n")
    assert lines[0] == "id: 7"
    assert lines[1] == "event: part"
    assert json.loads(lines[2].removeprefix("data: ")) == {"type": "part", "summary": text}
    assert lines[3:] == ["", ""]


def test_an_event_needs_no_id():
    assert events.encode(Part()) == 'event: part\ndata: {"type":"part","summary":""}\n\n'


@pytest.mark.parametrize(
    ("header", "expected"),
    [(None, 0), ("", 0), ("12", 12), (" 12 ", 12), ("-1", 0), ("1.5", 0), ("x", 0), ("9" * 30, 2**31 - 1), ("٣", 0)],
)
def test_the_last_event_id_is_read_and_nonsense_is_none(header, expected):
    assert events.last_id(header) == expected
