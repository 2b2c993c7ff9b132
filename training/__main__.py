"""The command line: `python -m training STAGE --option value`. Options come from the stage's configuration class."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import types
from collections.abc import Sequence
from typing import Any, Literal, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from training import config as configs
from training.errors import TrainingError

STAGES: dict[str, type[configs.StageConfig]] = {
    "scrape": configs.ScrapeConfig,
    "extract": configs.ExtractConfig,
    "load": configs.LoadConfig,
    "prepare": configs.PrepareConfig,
    "train": configs.TrainConfig,
    "evaluate": configs.EvaluateConfig,
    "export": configs.ExportConfig,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one stage; 0 when it ended well, 2 with one line on standard error when it was refused."""
    parsed = vars(_parser().parse_args(arguments))
    stage = parsed.pop("stage")
    try:
        config = STAGES[stage](**parsed)
        facts = importlib.import_module(f"training.{stage}").main(config)
    except ValidationError as error:
        return _refuse(stage, "; ".join(_fault(item) for item in error.errors()))
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
    name = ".".join(str(part) for part in item["loc"])
    return f"{name}: {item['msg']}" if name else str(item["msg"])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training", description="From a shelf of books to a served model.")
    stages = parser.add_subparsers(dest="stage", required=True, metavar="STAGE")
    for name, model in STAGES.items():
        about = (model.__doc__ or "").strip()
        stage = stages.add_parser(
            name, help=about, description=about, argument_default=argparse.SUPPRESS, allow_abbrev=False
        )
        for field, info in model.model_fields.items():
            _add_option(stage, field, info)
    return parser


def _add_option(parser: argparse.ArgumentParser, name: str, info: FieldInfo) -> None:
    default = "required" if info.is_required() else f"default {info.default!r}"
    options: dict[str, Any] = {"help": f"{info.description} ({default})".replace("%", "%%"), "required": False}
    if info.annotation is bool:
        options["action"] = argparse.BooleanOptionalAction
    elif get_origin(info.annotation) is tuple:
        options["nargs"] = "*"
    choices = _choices(info.annotation)
    if choices and info.annotation is not bool:
        options["metavar"] = "|".join(choices)
    parser.add_argument("--" + name.replace("_", "-"), dest=name, **options)


def _choices(annotation: Any) -> tuple[str, ...]:
    """The words that a Literal allows, wherever it stands in an annotation."""
    if get_origin(annotation) is Literal:
        return tuple(str(word) for word in get_args(annotation))
    if get_origin(annotation) in (tuple, types.UnionType):
        return tuple(word for part in get_args(annotation) for word in _choices(part))
    return ()


if __name__ == "__main__":
    sys.exit(main())
