"""`python -m deploy.doc_tables`: writes the tables of the documentation that follow from the code.

The settings in README.md (between the markers) and docs/problems.md. `--check` writes nothing, and fails where they are
stale.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from deploy.services import SERVICES, settings_class
from servicekit import problems, settings
from servicekit.settings import SHARED_PREFIX

ROOT = Path(__file__).parent.parent
BEGIN, END = "<!-- settings:begin -->", "<!-- settings:end -->"


def main(arguments: list[str]) -> int:
    """Write, or with `--check` compare; the exit status is 1 if a table was stale."""
    stale = [path for path, text in wanted() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    if "--check" in arguments:
        for path in stale:
            print(f"{path.relative_to(ROOT)} is stale: run python -m deploy.doc_tables", file=sys.stderr)
        return 1 if stale else 0
    for path, text in wanted():
        path.write_text(text, encoding="utf-8")
    return 0


def wanted() -> Iterator[tuple[Path, str]]:
    """Every file with generated tables, and what should be in it."""
    readme = ROOT / "README.md"
    before, rest = readme.read_text(encoding="utf-8").split(BEGIN)
    yield readme, f"{before}{BEGIN}\n{settings_tables()}\n{END}{rest.split(END)[1]}"
    yield ROOT / "docs" / "problems.md", problems_page()


def settings_tables() -> str:
    """One table of the shared settings, and one of each service's own, folded."""
    rows = {service: settings.table(settings_class(service)) for service in SERVICES}
    shared = [row for row in rows["gateway"] if row[0].startswith(SHARED_PREFIX)]
    parts = [_folded("All services", shared)]
    parts += [_folded(f"`{name}`", [row for row in rows[name] if row not in shared]) for name in SERVICES]
    return "\n\n".join(parts)


def problems_page() -> str:
    """docs/problems.md: every problem type in a row."""
    rows = [
        (str(status), f'<a id="{slug}"></a>`{slug}`', title, meaning)
        for status, slug, title, meaning in problems.table()
    ]
    return (
        "# Problems\n\n"
        "Every error of every service is `application/problem+json`"
        " ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)): `type` ends with the name below, `title` and `status`"
        " belong to it, `detail` says what to change, `instance` is the path that was asked for, `request_id` finds the"
        " request in the logs and `errors`, where fields are wrong, lists each as `field` and `message`.\n\n"
        f"{_table(('Status', 'Name', 'Title', 'What it means'), rows)}\n"
    )


def _folded(title: str, rows: list[tuple[str, str, str, str]]) -> str:
    shown = [(f"`{name}`", _code(default), values, meaning) for name, default, values, meaning in rows]
    head = f"<details><summary>{title.replace('`', '')}</summary>"
    return f"{head}\n\n{_table(('Setting', 'Default', 'Values', 'Meaning'), shown)}\n\n</details>"


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _table(head: tuple[str, ...], rows: list[tuple[str, str, str, str]]) -> str:
    lines = [head, ("---",) * len(head), *(tuple(cell.replace("|", "\\|") for cell in row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
