"""One frozen configuration class per stage: every knob with its range, default and reason. No heavy import."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Augmentation = Literal["synonyms", "deletion", "swap", "insertion"]
Size = Literal["tiny", "small", "base"]
Share = Annotated[float, Field(gt=0, lt=1)]


class StageConfig(BaseModel):
    """What every stage's configuration has in common: frozen, unknown names refused, an output folder, a seed."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    out: Path = Field(description="output folder; a second run with the same settings continues or returns at once")
    seed: int = Field(7, ge=0, lt=2**31, description="seed of everything drawn at random")
    quiet: bool = Field(False, description="no progress bars")


class ScrapeConfig(StageConfig):
    """Texts from Project Gutenberg by the first letter of the author's name, or from a folder at hand."""

    from_dir: Path | None = Field(None, description="take the .txt files of this folder instead of the network")
    authors: str = Field("A-F", pattern=r"^[A-Za-z](-[A-Za-z])?$", description="first letters of the authors' names")
    language: str = Field("en", min_length=2, max_length=8, description="language code in the catalogue")
    limit: int | None = Field(None, ge=1, description="at most so many books")
    catalogue_url: str = Field(
        "https://www.gutenberg.org/cache/epub/feeds/pg_catalog.csv", description="the catalogue meant for machines"
    )
    text_urls: tuple[str, ...] = Field(
        (
            "https://aleph.pglaf.org/{folders}/{id}/{id}-0.txt",
            "https://aleph.pglaf.org/cache/epub/{id}/pg{id}.txt",
        ),
        min_length=1,
        description="where a book's UTF-8 text is, tried in order; {id} and {folders} are filled in. Name a mirror: "
        "the main site asks robots to keep away",
    )
    delay_s: float = Field(2.0, ge=0, le=600, description="seconds between two requests")
    timeout_s: float = Field(30.0, gt=0, le=600, description="seconds one request may take")
    retries: int = Field(3, ge=0, le=10, description="further tries after a failure, each waiting longer")
    max_bytes: int = Field(32 << 20, ge=1024, description="refuse larger answers")
    contact: str = Field("", max_length=200, description="address or URL for the User-Agent: say who is asking")

    @field_validator("text_urls")
    @classmethod
    def _fillable(cls, templates: tuple[str, ...]) -> tuple[str, ...]:
        for template in templates:
            try:
                filled = {template.format(id=number, folders="") for number in (1, 2)}
            except (KeyError, IndexError, ValueError) as error:
                raise ValueError(f"{template} has another placeholder than {{id}} and {{folders}}") from error
            if len(filled) < 2:
                raise ValueError(f"{template} has no {{id}}")
        return templates


class ExtractConfig(StageConfig):
    """Text and embedded images of PDFs."""

    pdfs: Path = Field(description="a PDF, or a folder of them")
    images: bool = Field(True, description="write the embedded images too")
    timeout_s: float = Field(120.0, gt=0, le=3600, description="wall time for one file")
    memory_mib: int = Field(1024, ge=256, le=65536, description="address space of the process that reads one file")
    max_pages: int = Field(5000, ge=1, description="refuse files with more pages")
    max_images: int = Field(500, ge=0, description="write at most so many images of a file")
    max_pixels: int = Field(20_000_000, ge=1, description="leave out images larger than this")


class LoadConfig(StageConfig):
    """A folder of texts into the catalog, over its HTTP API."""

    books: Path = Field(description="folder of .txt files, e.g. what scrape wrote")
    catalog_url: str = Field("http://127.0.0.1:8000", description="the gateway, or the catalog itself")
    api_key: str | None = Field(None, description="bearer key, where the gateway asks for one")
    timeout_s: float = Field(120.0, gt=0, le=3600, description="seconds one request may take")
    limit: int | None = Field(None, ge=1, description="at most so many books")


class PrepareConfig(StageConfig):
    """Books to (text, summary) pairs in three splits."""

    books: Path | None = Field(
        None,
        description="folder of .txt files (a NAME.summary.txt beside NAME.txt is its summary), or a .jsonl of "
        '{"book", "text", "summary"}',
    )
    catalog_url: str | None = Field(None, description="read the books of this catalog (or gateway) instead")
    api_key: str | None = Field(None, description="bearer key, where the gateway asks for one")
    timeout_s: float = Field(60.0, gt=0, le=3600, description="seconds one catalog request may take")
    limit: int | None = Field(None, ge=1, description="at most so many books")
    targets: Literal["auto", "given", "gap"] = Field(
        "auto", description="given: the books' own summaries; gap: gap sentences; auto: given where one fits its text"
    )
    most_words: int = Field(700, ge=40, le=4000, description="words of the longest passages (700 fill BART's window)")
    least_words: int = Field(40, ge=10, le=4000, description="words of the shortest passages")
    gap_share: Share = Field(0.3, description="share of a passage's sentences that become the target")
    gap_source: Literal["keep", "remove", "mask"] = Field(
        "keep", description="these sentences in the source: keep teaches choosing, remove and mask (PEGASUS) inventing"
    )
    target_words: int = Field(80, ge=10, description="at most so many words in a gap-sentence target")
    clean: Literal["none", "keywords"] = Field(
        "none", description="keywords: lemmas without stop words, lower case (the original's recipe; bad for a model)"
    )
    augment: tuple[Augmentation, ...] = Field((), description="changed copies of training sources")
    augment_copies: int = Field(1, ge=1, le=10, description="copies for each augmentation")
    augment_share: Share = Field(0.1, description="share of a source's words that an augmentation touches")
    wordnet: Path = Field(Path("/usr/share/wordnet"), description="WordNet's database files (Debian: wordnet-base)")
    validation_share: Share = Field(0.1, description="share of the passages wanted for validation")
    test_share: Share = Field(0.1, description="share of the passages wanted for test")
    near_duplicate: Share = Field(0.7, description="Jaccard similarity of 5-word shingles that counts as a duplicate")
    licence: str = Field("unknown", min_length=1, max_length=200, description="licence of the texts, for the manifest")

    @model_validator(mode="after")
    def _one_source(self) -> PrepareConfig:
        if (self.books is None) == (self.catalog_url is None):
            raise ValueError("name one source: books or catalog_url")
        if self.least_words > self.most_words:
            raise ValueError("least_words is more than most_words")
        if self.validation_share + self.test_share >= 0.8:
            raise ValueError("validation_share + test_share leave under 20 % for training")
        return self


class TrainConfig(StageConfig):
    """Fine-tuning or training from scratch. The defaults are the original system's hyper-parameters."""

    data: Path = Field(description="what prepare wrote")
    model: str = Field("facebook/bart-base", description="a Hugging Face id, or a folder")
    from_scratch: Size | None = Field(None, description="train random weights of this size instead of fine-tuning")
    vocabulary: int = Field(8000, ge=300, le=100_000, description="from scratch: size of the byte-level BPE vocabulary")
    learning_rate: float = Field(2e-5, gt=0, le=1, description="peak learning rate")
    warmup_share: float = Field(0.0, ge=0, lt=1, description="share of the steps spent warming up")
    batch_size: int = Field(2, ge=1, description="examples in one forward pass")
    accumulation: int = Field(4, ge=1, description="forward passes in one optimiser step")
    epochs: float = Field(20, gt=0, le=1000, description="passes over the training split")
    max_steps: int = Field(-1, ge=-1, description="stop after so many optimiser steps; -1: never")
    weight_decay: float = Field(0.01, ge=0, le=1, description="AdamW's")
    max_source: int = Field(1024, ge=16, le=16384, description="tokens of a source; the rest is cut off, and counted")
    max_target: int = Field(128, ge=8, le=4096, description="tokens of a target; the rest is cut off, and counted")
    padding: Literal["longest", "max"] = Field("longest", description="longest of the batch; max is the original's way")
    bucketing: bool = Field(True, description="batch examples of about one length")
    precision: Literal["auto", "fp32", "fp16", "bf16"] = Field(
        "auto", description="auto: bf16 or fp16 where the device has it, else fp32"
    )
    gradient_checkpointing: bool = Field(False, description="less memory, about a third more time")
    best_by: Literal["rougeL", "rouge2", "loss"] = Field("rougeL", description="measure by which the model is kept")
    num_beams: int = Field(4, ge=1, le=16, description="beams when generating for ROUGE")
    eval_limit: int = Field(200, ge=1, description="at most so many validation examples are generated an epoch")
    keep_checkpoints: int = Field(2, ge=1, le=100, description="newest checkpoints kept, beside the best")
    log_steps: int = Field(10, ge=1, description="optimiser steps between two lines of the log")


class EvaluateConfig(StageConfig):
    """ROUGE by generation, always beside lead-3 and the extractive engine."""

    data: Path = Field(description="what prepare wrote")
    run: Path = Field(description="what train wrote")
    pretrained: str | None = Field(None, description="a second model (id or folder) to compare with")
    split: Literal["validation", "test"] = Field("test", description="which split to score")
    limit: int = Field(200, ge=1, description="at most so many examples, drawn by the seed")
    batch_size: int = Field(8, ge=1, description="examples generated together")
    num_beams: int = Field(4, ge=1, le=16, description="beams")
    samples: int = Field(5, ge=0, le=50, description="examples shown in the report")
    resamples: int = Field(1000, ge=100, le=100_000, description="bootstrap resamples for the confidence intervals")


class ExportConfig(StageConfig):
    """The folder that bart_service loads; the last part of `out` is the model's name (BART_MODEL)."""

    run: Path = Field(description="what train wrote")
    report: Path = Field(description="what evaluate wrote")
    licence: str = Field("unknown", min_length=1, max_length=200, description="licence of the weights")
    force: bool = Field(False, description="export even below lead-3")

    @model_validator(mode="after")
    def _name(self) -> ExportConfig:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", self.out.resolve().name):
            raise ValueError("the last part of out is the model's name: letters, digits, dot, dash, underscore")
        return self
