"""What the field types let through."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from servicekit.schemas import Body, Line, Model, Storable, Text


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
@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        "\n\t\r",
        "\u00a0\u2003\u3000",
        "\u200b",
        "\ufeff",
        "\u00ad\u2060",
        "\x01\x7f\x85",
        "\u0378",
        "\u202e",
        "\u3164\u2800",
        " " * 5000 + "\u200b",
    ],
)
def test_blank_text_is_refused(field: str, value: str) -> None:
    with pytest.raises(ValidationError, match=r"empty|at least 1"):
        Thing(**{field: value})


@pytest.mark.parametrize(
    "value", ["a", " a ", "\N{PILE OF POO}", "靴", "\ufeff.", "e\u0301", "\ue000", " " * 5000 + "x", "a\u200db"]
)
def test_any_other_text_is_kept_as_it_is(value: str) -> None:
    assert Thing(text=value, line=value[-400:], note=value).text == value


@pytest.mark.parametrize(
    "value", ["a\nb", "a\r", "a\tb", "a\x1b[2J", "a\x85b", "a\u2028b", "a\u202eb", "\u2066a\u2069"]
)
def test_what_breaks_or_reorders_a_line_is_fine_in_a_text_alone(value: str) -> None:
    assert Thing(text=value, note=value).text == value
    with pytest.raises(ValidationError, match=r"one line|writing direction"):
        Thing(line=value)


class Order(Body):
    count: int = 1
    share: float = 1.0
    line: Line = "x"


@pytest.mark.parametrize("field", ["count", "share", "line"])
@pytest.mark.parametrize("value", [True, "1", None, [1]])
def test_a_body_converts_nothing(field: str, value: object) -> None:
    if (field, value) == ("line", "1"):
        return
    with pytest.raises(ValidationError):
        Order.model_validate({field: value})


def test_a_whole_number_is_a_number_in_a_body() -> None:
    assert Order.model_validate({"share": 2, "count": 3}).share == 2.0


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
