"""Print what a benchmark found: a readable table, then one line of JSON for machines."""

import json
import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path


def machine() -> dict[str, object]:
    """Return what timings depend on of this machine; memory in MiB, 0 where it is unknown."""
    return {
        "cpu": _cpu_model(),
        "cores": os.cpu_count() or 0,
        "memory_mib": _memory_mib(),
        "python": platform.python_version(),
        "platform": platform.platform(),
    }


def report(
    bench: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    ratios: Mapping[str, float],
    detail: Mapping[str, object],
) -> None:
    """Print `rows` under `columns`, each ratio, and as the last line the JSON of all but the table."""
    cells = [list(columns), *[[_shown(value) for value in row] for row in rows]]
    widths = [max(len(line[at]) for line in cells) for at in range(len(columns))]
    for line in cells:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    for name, ratio in ratios.items():
        print(f"{name}: {ratio:.2f}")
    print(json.dumps({"bench": bench, "machine": machine(), "ratios": dict(ratios), "detail": dict(detail)}))


def _shown(value: object) -> str:
    return f"{value:,.3f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)


def _cpu_model() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8", errors="replace").splitlines() if info.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or "unknown"


def _memory_mib() -> int:
    names = getattr(os, "sysconf_names", {})
    if "SC_PHYS_PAGES" not in names or "SC_PAGE_SIZE" not in names:
        return 0
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20
