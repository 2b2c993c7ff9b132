"""Settings of the job runner, all from `RUNNER_*` (and the shared `VISIS_*`) variables."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from servicekit.settings import Address, ProcessSettings


class Settings(ProcessSettings):
    """What a job runner is configured with."""

    model_config = SettingsConfigDict(env_prefix="RUNNER_")
    owner: ClassVar[str] = "job_runner"

    catalog_url: Address = Field("http://127.0.0.1:8001", description="Address of catalog_service.")
    bart_url: Address = Field("http://127.0.0.1:8002", description="Address of bart_service.")
    llama_url: Address = Field("http://127.0.0.1:8003", description="Address of llama_service.")
    workers: int = Field(4, ge=1, le=256, description="Jobs a runner works on at the same time.")
    parallel: int = Field(2, ge=1, le=256, description="Parts of all its jobs a runner makes at the same time.")
    lease_s: float = Field(
        15.0,
        ge=1,
        le=3600,
        description="Seconds after which another runner takes the jobs of one that has gone silent.",
    )
    degrade_attempts: int = Field(
        6,
        ge=1,
        le=10_000,
        description="Attempts without progress after which a job of `auto` does without its engine (6 take 31 s).",
    )
    call_timeout_s: float = Field(
        110.0, gt=0, le=86_400, description="Longest time one call of the catalog may take, seconds."
    )
    part_timeout_s: float = Field(600.0, gt=0, le=86_400, description="Longest time one part may take, seconds.")
