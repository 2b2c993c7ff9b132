"""Stage 2, for PDFs: NAME.txt (pages parted by form feeds) and NAME/page-3-image-1.png, with extract.json last.

Each file is read in a child process with limits on memory, processor and wall time, because a hostile PDF of a few
KiB can ask for gigabytes; a file that fails is a line in the record, not the end of the stage.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from training import files
from training.config import ExtractConfig
from training.errors import EmptyShelf
from training.progress import bar


def main(config: ExtractConfig) -> dict[str, Any]:
    """Extract every PDF; return pages, images and failures per file. Raises EmptyShelf when none could be read."""
    done = files.finished("extract", config)
    if done is not None:
        return done
    pdfs = sorted(config.pdfs.glob("*.pdf")) if config.pdfs.is_dir() else [config.pdfs]
    config.out.mkdir(parents=True, exist_ok=True)
    results = {path.name: _extract(path, config) for path in bar(pdfs, "PDFs", config.quiet)}
    read = [result for result in results.values() if "failed" not in result]
    if not read:
        reasons = ", ".join(f"{name}: {result['failed']}" for name, result in list(results.items())[:3])
        raise EmptyShelf(f"0 of {len(pdfs)} PDFs could be read in {config.pdfs}" + (f" ({reasons})" if reasons else ""))
    return files.finish("extract", config, {"files": results, "read": len(read), "failed": len(results) - len(read)})


def _extract(path: Path, config: ExtractConfig) -> dict[str, Any]:
    """What the child said of one file; a file extracted before is not read again."""
    said = config.out / f"{path.stem}.extract.json"
    if said.exists():
        result: dict[str, Any] = files.read_json(said)
        return result
    command = [sys.executable, "-m", "training.pdf", str(path), str(config.out), config.model_dump_json()]
    try:
        child = subprocess.run(command, capture_output=True, text=True, timeout=config.timeout_s, check=False)
    except subprocess.TimeoutExpired:
        return {"failed": f"took longer than {config.timeout_s:g} s"}
    if child.returncode != 0:
        return {"failed": _reason(child)}
    result = json.loads(child.stdout)
    files.write_json(said, result)
    return result


def _reason(child: subprocess.CompletedProcess[str]) -> str:
    if child.returncode < 0:
        return f"the reader was ended by signal {-child.returncode}"
    last = child.stderr.strip().splitlines()[-1:] or [f"status {child.returncode}"]
    return last[0][:200]
