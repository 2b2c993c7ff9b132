"""The catalog's commands for operators: init, migrate, import, export, restore, check."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from peewee import PeeweeException

from catalog_service import database, transfer
from catalog_service.audit import audit, repair
from catalog_service.config import Settings
from catalog_service.library import Library
from servicekit import logs
from servicekit.problems import ProblemError
from servicekit.settings import SettingsError


def main(arguments: Sequence[str]) -> int:
    """Run one command; 0 if all went well, 1 if something did not, 2 if it could not be started."""
    options = _parser().parse_args(arguments)
    run: Callable[[Settings, argparse.Namespace], int] = options.run
    try:
        settings = Settings.load()
        logs.configure(settings.owner, level="warning", fmt=settings.log_format)
        return run(settings, options)
    except (SettingsError, database.DatabaseDamagedError, transfer.TransferError) as error:
        return _fail(str(error), 2)
    except ProblemError as error:
        return _fail(error.detail, 1)
    except PeeweeException as error:
        return _fail(f"the database refused: {error}", 1)
    except OSError as error:
        return _fail(f"{error.filename or settings.folder}: {error.strerror}", 1)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("catalog_service", description="Without a command, serves.")
    commands = parser.add_subparsers(required=True)

    def add(name: str, run: Callable[[Settings, argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
        return command

    add("init", _init, "make the data folder and the database")
    command = add("migrate", _migrate, "bring the tables up to date, after a backup")
    command.add_argument("--down", action="store_true", help="take the last migration back instead")
    add("import", _import, "import files, and the files in folders").add_argument("paths", nargs="+", type=Path)
    add("export", _export, "write all books and files to a new folder").add_argument("folder", type=Path)
    add("restore", _restore, "read an export into an empty library").add_argument("folder", type=Path)
    command = add("check", _check, "check database, counts, indexes and files")
    command.add_argument(
        "--repair", action="store_true", help="first remove files that belong to no book and are older than an hour"
    )
    return parser


def _init(settings: Settings, options: argparse.Namespace) -> int:
    Library.open(settings).close()
    print(f"ready: {settings.folder}")
    return 0


def _migrate(settings: Settings, options: argparse.Namespace) -> int:
    db = database.open_database(settings)
    database.check(db)
    with database.migration_lock(settings.folder):
        change = database.revert if options.down else database.migrate
        names = change(db, settings.folder)
    db.close()
    print("\n".join(f"{'reverted' if options.down else 'applied'} {name}" for name in names) or "nothing to do")
    return 0


def _import(settings: Settings, options: argparse.Namespace) -> int:
    failed = 0
    with _library(settings) as library:
        for path in _files(options.paths):
            try:
                with path.open("rb") as file:
                    made = library.import_file(file, path.name, {})
                title = library.books.get(made.book_id)["title"]
                print(f"{'imported' if made.status == 201 else 'known'} {made.book_id}: {title} ({path})", flush=True)
            except ProblemError as problem:
                failed += 1
                print(f"refused {path}: {problem.detail}", file=sys.stderr)
    return 1 if failed else 0


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(one for one in path.rglob("*") if one.is_file())
        else:
            yield path


def _export(settings: Settings, options: argparse.Namespace) -> int:
    with _library(settings) as library:
        _print_counts("exported", transfer.export(library, options.folder))
    return 0


def _restore(settings: Settings, options: argparse.Namespace) -> int:
    with _library(settings) as library:
        _print_counts("restored", transfer.restore(library, options.folder))
    return 0


def _print_counts(done: str, counts: dict[str, int]) -> None:
    print(f"{done} " + ", ".join(f"{count} {kind}s" for kind, count in counts.items()))


def _check(settings: Settings, options: argparse.Namespace) -> int:
    wrong = 0
    with _library(settings) as library:
        for line in repair(library) if options.repair else ():
            print(line)
        for line in audit(library):
            wrong += 1
            print(line)
    print("all is well" if not wrong else f"{wrong} things are wrong")
    return 1 if wrong else 0


@contextlib.contextmanager
def _library(settings: Settings) -> Iterator[Library]:
    library = Library.open(settings)
    try:
        yield library
    finally:
        library.close()


def _fail(reason: str, status: int) -> int:
    print(f"catalog_service: {reason}", file=sys.stderr)
    return status
