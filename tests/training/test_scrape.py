"""Scraping from a local server: politeness, resuming, and a folder at hand."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from servicekit.version import VERSION
from tests.training.shelf import CATALOGUE
from training import files, scrape
from training.config import ScrapeConfig
from training.errors import NoData, SourceFailed
from training.fetch import Fetcher


def config(site: Any, out: Path, **changes: Any) -> ScrapeConfig:
    return ScrapeConfig(
        out=out,
        catalogue_url=f"{site.url}/catalogue.csv",
        **{
            "text_urls": (f"{site.url}/{{folders}}/{{id}}/{{id}}-0.txt", f"{site.url}/other/{{id}}.txt"),
            "delay_s": 0,
            "contact": "https://example.org",
            "quiet": True,
            **changes,
        },
    )


@pytest.fixture
def mirror(site: Any) -> Any:
    site.put("/robots.txt", b"User-agent: *\nDisallow: /private/\n")
    site.put("/catalogue.csv", CATALOGUE.encode())
    site.put("/0/5/5-0.txt", "*** START OF THE PROJECT GUTENBERG EBOOK ***\nFünf.\n".encode())
    site.put("/other/7.txt", b"Seven.")
    return site


def test_books_are_found_at_the_first_place_that_has_them(mirror: Any, tmp_path: Path) -> None:
    assert scrape.main(config(mirror, tmp_path)) == {"books": 2, "without_text": 0}
    assert (tmp_path / "5.txt").read_text("utf-8") == "Fünf.\n"
    assert (tmp_path / "7.txt").read_text("utf-8") == "Seven.\n"
    assert [book["title"] for book in files.read_lines(tmp_path / "books.jsonl")] == ["Second", "A Tale in Two Lines"]
    assert {agent for _, agent in mirror.seen} == {f"visis-training/{VERSION} (+https://example.org)"}


def test_killed_scrape_fetches_only_what_is_missing(mirror: Any, tmp_path: Path) -> None:
    scrape.main(config(mirror, tmp_path))
    (tmp_path / "scrape.json").unlink()
    whole = (tmp_path / "books.jsonl").read_bytes()
    (tmp_path / "books.jsonl").write_bytes(whole[:-9])
    mirror.seen.clear()
    assert scrape.main(config(mirror, tmp_path))["books"] == 2
    assert [path for path, _ in mirror.seen] == ["/robots.txt", "/0/7/7-0.txt", "/other/7.txt"]
    assert (tmp_path / "books.jsonl").read_bytes() == whole


def test_finished_scrape_asks_for_nothing(mirror: Any, tmp_path: Path) -> None:
    scrape.main(config(mirror, tmp_path))
    mirror.seen.clear()
    assert scrape.main(config(mirror, tmp_path))["books"] == 2
    assert mirror.seen == []


def test_robots_txt_is_obeyed(mirror: Any, tmp_path: Path) -> None:
    with pytest.raises(SourceFailed, match=r"forbids .*/private/5\.txt: name a mirror"):
        scrape.main(config(mirror, tmp_path, text_urls=(f"{mirror.url}/private/{{id}}.txt",)))
    assert not any("/private/" in path for path, _ in mirror.seen)


def test_delay_is_kept_and_a_busy_server_is_given_the_time_it_asks_for(site: Any, tmp_path: Path) -> None:
    site.put("/a", b"", status=503, Retry_After="40")
    site.put("/a", b"", status=500)
    site.put("/a", b"here")
    slept: list[float] = []
    fetcher = Fetcher(config(site, tmp_path, delay_s=7), slept.append)
    assert fetcher.get(f"{site.url}/a") == b"here"
    waits = [round(wait) for wait in slept]
    # robots.txt; then the delay, 40 s as asked, the delay, 14 s of back-off, the delay: the clock itself stands still.
    assert 40 in waits
    assert waits.count(14) >= 1
    assert min(waits) >= 7


def test_server_that_never_recovers_is_given_up(site: Any, tmp_path: Path) -> None:
    site.put("/a", b"", status=500)
    with pytest.raises(SourceFailed, match="status 500"):
        Fetcher(config(site, tmp_path, retries=2), lambda seconds: None).get(f"{site.url}/a")
    assert [path for path, _ in site.seen].count("/a") == 3


def test_answer_over_the_limit_is_refused(site: Any, tmp_path: Path) -> None:
    site.put("/a", b"x" * 5000)
    with pytest.raises(SourceFailed, match="larger than 2,048 bytes"):
        Fetcher(config(site, tmp_path, max_bytes=2048), lambda seconds: None).get(f"{site.url}/a")


def test_text_that_is_nowhere_is_counted_and_an_empty_shelf_refused(mirror: Any, tmp_path: Path) -> None:
    assert scrape.main(config(mirror, tmp_path / "a", text_urls=(f"{mirror.url}/other/{{id}}.txt",))) == {
        "books": 1,
        "without_text": 1,
    }
    with pytest.raises(NoData, match="0 texts from authors Q of"):
        scrape.main(config(mirror, tmp_path / "b", authors="Q"))


def test_folder_at_hand_needs_no_network(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "one.txt").write_bytes("\ufeffFirst.\r\nSecond.".encode())
    (source / "one.summary.txt").write_text("A summary.")
    assert scrape.main(ScrapeConfig(out=tmp_path / "out", from_dir=source, quiet=True))["books"] == 1
    assert (tmp_path / "out" / "one.txt").read_text("utf-8") == "First.\nSecond.\n"


@pytest.mark.parametrize("template", ["http://x/{number}.txt", "http://x/{}.txt", "http://x/book.txt", "http://x/{id"])
def test_place_without_a_number_is_refused(template: str, tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match=r"\{id\}"):
        ScrapeConfig(out=tmp_path, text_urls=(template,))
