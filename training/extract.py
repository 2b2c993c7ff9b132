"""Stage 2, for PDFs: NAME.txt (pages separated by form feeds) and NAME/page-3-image-1.png, with extract.json last.

Each file is read by bookreader in a child process with limits; a file that fails is a line in the record, not the end
of the stage.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from bookreader.document import FileProblemError
from bookreader.limits import Limits
from bookreader.parser import Parser
from training import files
from training.config import ExtractConfig
from training.errors import NoData
from training.progress import bar

IMAGES_BYTES = 1 << 32  # of all pictures of one PDF


def main(config: ExtractConfig) -> dict[str, Any]:
    """Extract every PDF; return pages, images and failures per file. Raises NoData when none could be read."""
    done = files.finished("extract", config)
    if done is not None:
        return done
    pdfs = sorted(config.pdfs.glob("*.pdf")) if config.pdfs.is_dir() else [config.pdfs]
    config.out.mkdir(parents=True, exist_ok=True)
    limits = Limits(
        memory_mb=config.memory_mib,
        cpu_s=int(config.timeout_s) + 1,
        max_pages=config.max_pages,
        max_pixels=config.max_pixels,
        max_output_bytes=IMAGES_BYTES,
        nice=0,
    )
    parser = Parser(limits, wall_s=config.timeout_s)
    results = {path.name: _extract(path, config, parser) for path in bar(pdfs, "PDFs", config.quiet)}
    read = [result for result in results.values() if "failed" not in result]
    if not read:
        reasons = ", ".join(f"{name}: {result['failed']}" for name, result in list(results.items())[:3])
        raise NoData(f"0 of {len(pdfs)} PDFs could be read in {config.pdfs}" + (f" ({reasons})" if reasons else ""))
    return files.finish("extract", config, {"files": results, "read": len(read), "failed": len(results) - len(read)})


def _extract(path: Path, config: ExtractConfig, parser: Parser) -> dict[str, Any]:
    """Write one file's text and images, and return the counts; a file extracted before is not read again."""
    record = config.out / f"{path.stem}.extract.json"
    if record.exists():
        result: dict[str, Any] = files.read_json(record)
        return result
    try:
        document = parser.read(path, path.name)
        images, left_out = _write_images(path, config, parser) if config.images else ([], 0)
    except FileProblemError as problem:
        return {"failed": str(problem)}
    except OSError as error:
        return {"failed": f"cannot be read: {error.strerror}"}
    files.write_text(config.out / f"{path.stem}.txt", "\f".join(page.text for page in document.pages))
    found = {"pages": len(document.pages), "words": document.word_count}
    result = {**found, "images": images, "images_left_out": left_out}
    files.write_json(record, result)
    return result


def _write_images(path: Path, config: ExtractConfig, parser: Parser) -> tuple[list[str], int]:
    """The files of a PDF's pictures, and how many pictures were left out."""
    numbers: Counter[int] = Counter()
    images = []
    with tempfile.TemporaryFile() as out:
        pictures = parser.pictures("pdf_images", path, out, count=config.max_images)
        out.seek(0)
        for picture in pictures:
            numbers[picture.page] += 1
            if picture.size:
                suffix = picture.media_type.removeprefix("image/").replace("jpeg", "jpg")
                images.append(f"{path.stem}/page-{picture.page}-image-{numbers[picture.page]}.{suffix}")
                files.write_bytes(config.out / images[-1], out.read(picture.size))
    return images, len(pictures) - len(images)
