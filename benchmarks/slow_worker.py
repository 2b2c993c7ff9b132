"""A worker with a slow fake engine that computes one summary at a time: `python -m benchmarks.slow_worker`.

It sleeps, as a GPU would compute without the CPU; SLOW_WORKER_S says how long a summary takes.
"""

from __future__ import annotations

import os
import threading
import time
from typing import Any, ClassVar

from flask import Flask
from pydantic import Field
from pydantic_settings import SettingsConfigDict

from contract import internal
from contract.generation import Summary, SummaryTask
from servicekit.app import build_app
from servicekit.operations import Routes
from servicekit.problems import Busy
from servicekit.serve import serve
from servicekit.settings import ServiceSettings

SECONDS = float(os.environ.get("SLOW_WORKER_S", "0.2"))
QUEUE = int(os.environ.get("SLOW_WORKER_QUEUE", "4096"))


class Settings(ServiceSettings):
    """The settings of the worker that this one stands in for."""

    model_config = SettingsConfigDict(env_prefix="BART_")
    owner: ClassVar[str] = "slow_worker"

    port: int = 8002
    threads: int = Field(2048, ge=1, le=4096)


def create_app(settings: Settings) -> Flask:
    """One route, one engine, one summary at a time."""
    engine, waiting = threading.Lock(), threading.BoundedSemaphore(QUEUE)
    routes = Routes("summaries")

    @routes.implements(internal.WRITE_SUMMARY)
    def write_summary(body: SummaryTask) -> dict[str, Any]:
        if not waiting.acquire(blocking=False):
            raise Busy("The queue is full.", retry_after_s=1)
        try:
            with engine:
                time.sleep(SECONDS)
        finally:
            waiting.release()
        summary = body.text[:40]
        return Summary(
            summary=summary, engine="extractive", model="fake", parts=1, summary_words=len(summary.split())
        ).model_dump()

    return build_app(
        name="slow_worker",
        title="Slow worker",
        description="For benchmarks.",
        settings=settings,
        tags={"text": "Slow summaries."},
        blueprints=[routes],
    )


if __name__ == "__main__":
    serve(Settings, create_app)
