"""The catalog's commands for operators: init, migrate, import, export, backup, restore, check."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import click
from peewee import PeeweeException

from catalog_service import database, transfer
from catalog_service.app import create_served_app
from catalog_service.audit import audit, repair
from catalog_service.backups import Backups
from catalog_service.config import Settings
from catalog_service.library import Library
from servicekit import logs
from servicekit.problems import ProblemError
from servicekit.serve import serve
from servicekit.settings import make_folder, prepare_process


class Refused(click.ClickException):
    """A command that could not be started; the text says why."""

    exit_code = 2


class _Commands(click.Group):
    def invoke(self, context: click.Context) -> Any:
        """Run a command; what may be expected to go wrong ends it with one line."""
        try:
            return super().invoke(context)
        except (database.DatabaseDamagedError, database.SchemaTooNewError, transfer.TransferError) as error:
            raise Refused(str(error)) from None
        except ProblemError as error:
            raise click.ClickException(error.detail) from None
        except PeeweeException as error:
            raise click.ClickException(f"the database refused: {error}") from None
        except OSError as error:
            raise click.ClickException(f"{error.filename or context.obj.folder}: {error.strerror}") from None


@click.group(cls=_Commands, invoke_without_command=True)
@click.pass_context
def main(context: click.Context) -> None:
    """Serve, or run a command: its status is 0 if all went well, 1 if something did not, 2 if it could not start."""
    context.obj = settings = prepare_process(Settings)
    if context.invoked_subcommand is None:
        _make_folders(settings)
        _check_schema(settings)
        serve(Settings, create_served_app)
    logs.configure(settings.owner, level="warning", fmt=settings.log_format)


def _make_folders(settings: Settings) -> None:
    """Before the server starts, so that the reason is the only line and the status says that a restart cannot help."""
    for name in (".", "files", "incoming", "pending", "pictures", "audio"):
        if name == "." or (settings.folder / name).exists():
            make_folder(settings.owner, settings.folder / name)
    file = settings.folder / database.SQLITE_NAME
    if file.exists() and not os.access(file, os.W_OK):
        raise Refused(f"cannot write to {file}: Permission denied")


def _check_schema(settings: Settings) -> None:
    """Before the server starts, so that the reason is the last line and the status says that a restart cannot help."""
    db = database.open_database(settings)
    with contextlib.closing(db):
        try:
            database.check_schema(db)
        except UnicodeDecodeError as error:  # SQLite quotes a schema that is not UTF-8
            raise database.DatabaseDamagedError(str(error)) from None


@main.command
@click.pass_obj
def init(settings: Settings) -> None:
    """Make the data folder and the database."""
    Library.open(settings).close()
    click.echo(f"ready: {settings.folder}")


@main.command
@click.option("--down", is_flag=True, help="Revert the migration that was applied last instead.")
@click.pass_obj
def migrate(settings: Settings, down: bool) -> None:
    """Bring the tables up to date, after a backup."""
    db = database.open_database(settings)
    with contextlib.closing(db):
        database.check(db)
        database.check_schema(db)
        with database.migration_lock(settings.folder):
            names = (database.revert if down else database.migrate)(db, settings.folder)
    click.echo("\n".join(f"{'reverted' if down else 'applied'} {name}" for name in names) or "nothing to do")


@main.command("import")
@click.argument("paths", nargs=-1, required=True, type=Path)
@click.pass_obj
def import_files(settings: Settings, paths: Sequence[Path]) -> None:
    """Import files, and the files in folders."""
    failed = False
    with _library(settings) as library:
        for path in _files(paths):
            try:
                with path.open("rb") as file:
                    made = library.import_file(file, path.name, {})
                title = library.books.get(made.book_id)["title"]
                click.echo(f"{'imported' if made.status == 201 else 'known'} {made.book_id}: {title} ({path})")
            except ProblemError as problem:
                failed = True
                click.echo(f"refused {path}: {problem.detail}", err=True)
    raise SystemExit(failed)


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(one for one in path.rglob("*") if one.is_file())
        else:
            yield path


@main.command
@click.argument("folder", type=Path)
@click.pass_obj
def export(settings: Settings, folder: Path) -> None:
    """Write everything to a new folder, and verify it."""
    with _library(settings) as library:
        _print_counts("exported", transfer.export(library, folder))


@main.command
@click.pass_obj
def backup(settings: Settings) -> None:
    """Write a backup to the folder of backups now, verify it, and remove the oldest ones."""
    with _library(settings) as library:
        click.echo(f"backup written: {Backups(settings.backup_folder, settings.backup_keep).write(library)}")


@main.command
@click.argument("folder", type=Path)
@click.pass_obj
def restore(settings: Settings, folder: Path) -> None:
    """Read an export into an empty library."""
    with _library(settings) as library:
        _print_counts("restored", transfer.restore(library, folder))


def _print_counts(done: str, counts: dict[str, int]) -> None:
    click.echo(f"{done} " + ", ".join(f"{count} {_plural(kind)}" for kind, count in counts.items()))


def _plural(kind: str) -> str:
    return kind.replace("_", " ").removesuffix("y") + ("ies" if kind.endswith("y") else "s")


@main.command
@click.option(
    "--repair", "repairs", is_flag=True, help="First remove files that belong to no book and are older than an hour."
)
@click.option("--against", type=Path, help="Also verify this backup or export, and compare the library with it.")
@click.pass_obj
def check(settings: Settings, repairs: bool, against: Path | None) -> None:
    """Check database, counts, checksums, indexes and files."""
    with _library(settings) as library:
        for line in repair(library) if repairs else ():
            click.echo(line)
        faults = 0
        for line in chain(audit(library), transfer.compare(library, against) if against else ()):
            faults += 1
            click.echo(line)
    click.echo(f"{faults} faults found")
    raise SystemExit(bool(faults))


@contextlib.contextmanager
def _library(settings: Settings) -> Iterator[Library]:
    library = Library.open(settings)
    try:
        yield library
    finally:
        library.close()
