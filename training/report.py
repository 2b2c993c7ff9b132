"""The evaluation as a page of Markdown: what was trained on what, a table with intervals, and samples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from training.rouge import MEASURES

_HEADS = ("ROUGE-1", "ROUGE-2", "ROUGE-L", "ROUGE-Lsum", "words", "novel bigrams", "repeated trigrams")
_SHOWN_CHARS = 400


def markdown(
    facts: dict[str, Any], trained: dict[str, Any], data: dict[str, Any], shown: Sequence[dict[str, Any]]
) -> str:
    """The whole report."""
    parts = [_about(facts, trained["facts"], data["facts"]), table(facts["systems"]), _difference(facts), _PICTURES]
    parts += [_sample(number, row) for number, row in enumerate(shown, 1)]
    return "\n\n".join(parts) + "\n"


_PICTURES = "![Loss by step](loss.png)\n\n![ROUGE by step, and by system](rouge.png)"


def _about(facts: dict[str, Any], trained: dict[str, Any], data: dict[str, Any]) -> str:
    rows, books = data["rows"], data["books"]
    return (
        f"# Evaluation\n\nA model of {trained['parameters']:,} parameters, {trained['kind']}, {trained['steps']} steps "
        f"on {trained['device']} ({trained['precision']}).\n\n"
        f"Trained on {rows['train']} rows ({data['augmented']} of them augmented) of {len(books['train'])} books, "
        f"validated on {rows['validation']} rows of {len(books['validation'])}; scored on {facts['rows']} of "
        f"{rows[facts['split']]} {facts['split']} rows, from {', '.join(books[facts['split']])}. "
        f"Targets: {', '.join(data['targets'])}.\n\nMeans with 95 % bootstrap intervals."
    )


def table(systems: dict[str, Any]) -> str:
    """A row for each system, a column for each measure; ROUGE in percent, as papers print it."""
    lines = ["| System | " + " | ".join(_HEADS) + " |", "|" + "---|" * (len(_HEADS) + 1)]
    for name, scores in systems.items():
        cells = [_cell(measure, scores[measure]) for measure in MEASURES]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(measure: str, value: dict[str, float]) -> str:
    scale = 1 if measure == "words" else 100
    return f"{value['mean'] * scale:.1f} ({value['low'] * scale:.1f}-{value['high'] * scale:.1f})"


def _difference(facts: dict[str, Any]) -> str:
    found = facts["model_minus_lead"]["rougeL"]
    return (
        f"Model less lead-3, paired, ROUGE-L: {found['mean'] * 100:+.1f} "
        f"({found['low'] * 100:+.1f} to {found['high'] * 100:+.1f})."
    )


def _sample(number: int, row: dict[str, Any]) -> str:
    lines = [f"## Sample {number} ({row['book']})", f"**Source** {_short(row['text'])}"]
    lines.append(f"**Target** {_short(row['summary'])}")
    lines += [f"**{name}** {_short(text)}" for name, text in row["systems"].items()]
    return "\n\n".join(lines)


def _short(text: str) -> str:
    """The start of a text, on one line, with Markdown's characters escaped."""
    line = " ".join(text.split())[:_SHOWN_CHARS] + ("…" if len(text) > _SHOWN_CHARS else "")
    return "".join("\\" + char if char in "\\`*_<>[]#|" else char for char in line)
