"""The command line: `python -m training STAGE --option value`. Options come from the stage's configuration class."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_settings import BaseSettings, CliApp, CliSubCommand, SettingsConfigDict, get_subcommand

from training import config
from training.errors import TrainingError


class Command(BaseSettings):
    """From a shelf of books to a served model."""

    model_config = SettingsConfigDict(
        cli_prog_name="python -m training",
        cli_kebab_case=True,
        cli_implicit_flags=True,
        cli_hide_none_type=True,
        cli_avoid_json=True,
        env_prefix="VISIS_TRAINING_",
    )

    scrape: CliSubCommand[config.ScrapeConfig]
    extract: CliSubCommand[config.ExtractConfig]
    load: CliSubCommand[config.LoadConfig]
    prepare: CliSubCommand[config.PrepareConfig]
    train: CliSubCommand[config.TrainConfig]
    evaluate: CliSubCommand[config.EvaluateConfig]
    export: CliSubCommand[config.ExportConfig]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one stage; 0 on success, 2 with one line on standard error when it was refused."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    stage = next(iter(arguments), "")
    try:
        settings = get_subcommand(CliApp.run(Command, arguments))
        facts = importlib.import_module(f"training.{stage}").main(settings)
    except ValidationError as error:
        return _refuse(stage, "; ".join(map(_fault, error.errors())))
    except TrainingError as error:
        return _refuse(stage, str(error))
    except OSError as error:
        return _refuse(stage, f"{error.filename or 'the system'}: {error.strerror or type(error).__name__}")
    except KeyboardInterrupt:
        return _refuse(stage, "stopped; the same command continues")
    print(json.dumps(facts, ensure_ascii=False, default=str))
    return 0


def _refuse(stage: str, reason: str) -> int:
    print(f"training {stage}: {' '.join(reason.split())}", file=sys.stderr)
    return 2


def _fault(item: Any) -> str:
    """One validation error: the option within the stage, and what is wrong with it."""
    name = ".".join(str(part) for part in item["loc"][1:])
    return f"{name}: {item['msg']}" if name else str(item["msg"])


if __name__ == "__main__":
    sys.exit(main())
