"""Settings of the catalog, all from `CATALOG_*` (and the shared `VISIS_*`) variables."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import SettingsConfigDict

from contract import kinds
from servicekit.operations import WRITE
from servicekit.pools import PoolSize
from servicekit.settings import ServiceSettings

EXTRA_UPLOADS = 8  # that arrive or are stored while the others wait for a parser


class Settings(ServiceSettings):
    """What the catalog is configured with."""

    model_config = SettingsConfigDict(env_prefix="CATALOG_")
    owner: ClassVar[str] = "catalog_service"

    port: int = Field(8001, ge=0, le=65535, description="Port to listen on.")
    data_dir: Path | None = Field(
        None, description="Folder of the database and the files; `catalog` under VISIS_HOME unless set."
    )
    database_url: SecretStr | None = Field(
        None, description="A `postgresql://` address to keep books in, instead of SQLite in the data folder."
    )
    busy_timeout_s: float = Field(10.0, gt=0, le=600, description="Longest wait for another writer, seconds.")
    parsers: int = Field(2, ge=1, le=64, description="Files parsed at the same time, each in a process of its own.")
    parse_queue: int = Field(32, ge=0, le=10_000, description="Files that may wait for a parser; more are refused.")
    picture_parsers: int = Field(
        2, ge=1, le=64, description="Pictures made at the same time, each in a process of its own."
    )
    picture_cache_mb: int = Field(
        512, ge=0, le=1_048_576, description="Disk space for pictures that were made, MiB; the least used go first."
    )
    parse_memory_mb: int = Field(1024, ge=128, le=65_536, description="Memory one parser may use, MiB.")
    parse_cpu_s: int = Field(60, ge=1, le=3600, description="CPU time one parser may use, seconds.")
    parse_wall_s: float = Field(100.0, gt=0, le=3600, description="Time one parser may take, seconds.")
    import_queue: int = Field(
        256, ge=1, le=100_000, description="Files that may wait to be imported in the background; more are refused."
    )
    max_pages: int = Field(20_000, ge=1, le=1_000_000, description="Pages a book may have.")
    max_text_chars: int = Field(67_108_864, ge=1024, le=1_073_741_824, description="Characters a book may have.")
    max_pixels: int = Field(16_000_000, ge=10_000, le=400_000_000, description="Pixels a picture may have.")
    min_free_mb: int = Field(
        64, ge=0, le=1_048_576, description="Space that stays free on the disk, MiB: below it nothing is imported."
    )
    receipt_hours: int = Field(24, ge=1, le=8760, description="How long an `Idempotency-Key` is remembered.")
    job_max_attempts: int = Field(
        20, ge=1, le=10_000, description="Attempts without progress after which a job fails (20 take about an hour)."
    )
    backup_every_h: float = Field(
        24.0, ge=0, le=8760, description="Hours between backups of the whole library; 0 for none."
    )
    backup_keep: int = Field(3, ge=1, le=1000, description="Backups that stay; older ones are removed.")
    backup_dir: Path | None = Field(
        None, description="Folder of the backups, best on another disk; `backups` in the data folder unless set."
    )
    page_chars: int = Field(1800, ge=200, le=100_000, description="Characters of a page that is cut from running text.")

    @field_validator("database_url")
    @classmethod
    def _is_postgresql(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not value.get_secret_value().startswith(("postgresql://", "postgres://")):
            raise ValueError("must start with postgresql://")
        return value

    def pools(self) -> dict[str, PoolSize]:
        """The threads beside those of reads. A file that waits for a parser holds one, so there is one for each."""
        return {
            WRITE: PoolSize(self.threads, queue=256),
            kinds.UPLOAD: PoolSize(self.parsers + self.parse_queue + EXTRA_UPLOADS),
            kinds.DOWNLOAD: PoolSize(self.threads, queue=256),
            kinds.WAIT: PoolSize(self.threads),
        }

    @property
    def folder(self) -> Path:
        """The data folder."""
        return (self.data_dir or self.home / "catalog").absolute()

    @property
    def backup_folder(self) -> Path:
        """The folder of the backups."""
        return (self.backup_dir or self.folder / "backups").absolute()
