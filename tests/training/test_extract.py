"""Text and images of PDFs that the tests make, and what happens with files that are none."""

from pathlib import Path
from typing import Any

import pytest
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure
from PIL import Image

from training import extract, files
from training.config import ExtractConfig
from training.errors import NoData


def write_pdf(path: Path, pages: int = 2) -> Path:
    """A PDF with a line of text and a picture of 8 x 6 pixels on each page."""
    with PdfPages(path) as pdf:
        for number in range(1, pages + 1):
            figure = Figure(figsize=(6, 4))
            figure.text(0.1, 0.9, f"Page {number} of the kettle.")
            axes = figure.add_axes((0.2, 0.2, 0.4, 0.4))
            axes.axis("off")
            axes.imshow([[number * 10 + x + y for x in range(8)] for y in range(6)], interpolation="none")
            pdf.savefig(figure)
    return path


def run(pdfs: Path, out: Path, **changes: Any) -> dict[str, Any]:
    return extract.main(ExtractConfig(pdfs=pdfs, out=out, quiet=True, **changes))


def test_text_and_images_are_written(tmp_path: Path) -> None:
    facts = run(write_pdf(tmp_path / "kettle.pdf"), tmp_path / "out")
    pages = (tmp_path / "out" / "kettle.txt").read_text("utf-8").split("\f")
    assert [page.strip() for page in pages] == ["Page 1 of the kettle.", "Page 2 of the kettle."]
    images = facts["files"]["kettle.pdf"]["images"]
    assert images == ["kettle/page-1-image-1.png", "kettle/page-2-image-1.png"]
    with Image.open(tmp_path / "out" / images[0]) as image:
        assert image.size == (8, 6)


def test_limits_are_kept_and_counted(tmp_path: Path) -> None:
    pdf = write_pdf(tmp_path / "kettle.pdf", 3)
    facts = run(pdf, tmp_path / "out", max_images=1)["files"]["kettle.pdf"]
    assert (facts["pages"], len(facts["images"]), facts["images_left_out"]) == (3, 1, 2)
    with pytest.raises(NoData, match="3 pages, and a book may have 2"):
        run(pdf, tmp_path / "long", max_pages=2)
    facts = run(pdf, tmp_path / "small", max_pixels=40)["files"]["kettle.pdf"]
    assert (facts["images"], facts["images_left_out"]) == ([], 3)
    assert run(pdf, tmp_path / "none", images=False)["files"]["kettle.pdf"]["images"] == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"not a PDF", "the name says PDF"),
        (b"%PDF-1.7\n" + b"\0" * 4000, "the PDF is damaged"),
    ],
)
def test_bad_file_is_a_line_in_the_record_beside_the_good_ones(tmp_path: Path, content: bytes, reason: str) -> None:
    folder = tmp_path / "pdfs"
    folder.mkdir()
    write_pdf(folder / "good.pdf")
    (folder / "bad.pdf").write_bytes(content)
    facts = run(folder, tmp_path / "out")
    assert (facts["read"], facts["failed"]) == (1, 1)
    assert facts["files"]["bad.pdf"]["failed"].startswith(reason)


def test_file_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(NoData, match=r"0 of 1 PDFs .*takes longer than"):
        run(write_pdf(tmp_path / "kettle.pdf"), tmp_path / "out", timeout_s=0.01)


def test_finished_files_are_not_read_again(tmp_path: Path) -> None:
    pdf = write_pdf(tmp_path / "kettle.pdf")
    before = run(pdf, tmp_path / "out")
    (tmp_path / "out" / "extract.json").unlink()
    pdf.write_bytes(b"gone")
    assert run(pdf, tmp_path / "out") == before
    assert files.record("extract", tmp_path / "out")["facts"] == before
