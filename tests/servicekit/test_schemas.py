"""What the field types let through."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from servicekit.schemas import Line, Model, Storable, Text


class Thing(Model):
    text: Text = "x"
    line: Line = "x"
    note: Storable = ""


@pytest.mark.parametrize("field", ["text", "line", "note"])
@pytest.mark.parametrize("value", ["a\x00b", "\ud800", "a\udfffb", "\x00"])
def test_what_no_database_can_hold_is_refused(field: str, value: str) -> None:
    with pytest.raises(ValidationError, match="must not contain"):
        Thing(**{field: value})


@pytest.mark.parametrize("field", ["text", "line"])
@pytest.mark.parametrize("value", ["", " ", "\n\t\r", "\u00a0\u2003\u3000"])
def test_blank_text_is_refused(field: str, value: str) -> None:
    with pytest.raises(ValidationError, match=r"empty|at least 1"):
        Thing(**{field: value})


@pytest.mark.parametrize("value", ["a", " a ", "\N{PILE OF POO}", "靴", "a\nb", "\ufeff.", "e\u0301", "\u202e"])
def test_any_other_text_is_kept_as_it_is(value: str) -> None:
    assert Thing(text=value, line=value, note=value).text == value


def test_a_line_is_bounded() -> None:
    assert len(Thing(line="x" * 500).line) == 500
    with pytest.raises(ValidationError, match="at most 500"):
        Thing(line="x" * 501)


def test_an_empty_note_is_fine() -> None:
    assert Thing(note="").note == ""


@pytest.mark.parametrize("value", [1, 1.5, True, None, b"x", ["x"], {"x": 1}])
def test_text_is_a_string_and_nothing_that_looks_like_one(value: object) -> None:
    with pytest.raises(ValidationError):
        Thing.model_validate_json('{"text": 1}') if value == 1 else Thing.model_validate({"text": value}, strict=True)


def test_unknown_fields_are_refused_and_models_are_frozen() -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        Thing.model_validate({"colour": "red"})
    with pytest.raises(ValidationError, match="frozen"):
        Thing().text = "y"  # type: ignore[misc]
