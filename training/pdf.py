"""The child process that reads one PDF with pypdfium2: `python -m training.pdf FILE OUT CONFIG`. Run by extract."""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from typing import Any

import pypdfium2

from training import files
from training.config import ExtractConfig


def main() -> int:
    """Extract one file and print what was found as JSON; 1 with a line on standard error when it cannot be read."""
    path, out = Path(sys.argv[1]), Path(sys.argv[2])
    config = ExtractConfig.model_validate_json(sys.argv[3])
    memory, seconds = config.memory_mib << 20, int(config.timeout_s) + 1
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    try:
        found = extract(path, out, config)
    except pypdfium2.PdfiumError as error:
        print(f"not a readable PDF: {error}", file=sys.stderr)
        return 1
    except MemoryError:
        print(f"needs more than {config.memory_mib} MiB", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"cannot be read: {error.strerror}", file=sys.stderr)
        return 1
    print(json.dumps(found))
    return 0


def extract(path: Path, out: Path, config: ExtractConfig) -> dict[str, Any]:
    """Write a PDF's text, pages parted by form feeds, and its images; return the counts."""
    document = pypdfium2.PdfDocument(path)
    count = min(len(document), config.max_pages)
    texts: list[str] = []
    images: list[str] = []
    left_out = 0
    for number in range(1, count + 1):
        page = document[number - 1]
        texts.append(page.get_textpage().get_text_range().replace("\r\n", "\n").replace("\ufffe", "-"))
        if config.images:
            left_out += _images(page, number, out / path.stem, config, images)
        page.close()
    files.write_text(out / f"{path.stem}.txt", "\f".join(texts))
    words = sum(len(text.split()) for text in texts)
    return {"pages": count, "words": words, "images": images, "images_left_out": left_out}


def _images(page: Any, number: int, folder: Path, config: ExtractConfig, images: list[str]) -> int:
    """Write a page's embedded images as PNG; return how many were left out for their size, number or defect."""
    left_out = 0
    for index, item in enumerate(page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]), 1):
        width, height = item.get_px_size()
        if len(images) >= config.max_images or width * height > config.max_pixels:
            left_out += 1
            continue
        name = f"page-{number}-image-{index}.png"
        folder.mkdir(parents=True, exist_ok=True)
        try:
            item.get_bitmap(render=False).to_pil().save(folder / name)
        except pypdfium2.PdfiumError:
            left_out += 1
            continue
        images.append(f"{folder.name}/{name}")
    return left_out


if __name__ == "__main__":
    sys.exit(main())
