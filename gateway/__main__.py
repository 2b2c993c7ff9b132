"""`python -m gateway`: serve; `python -m gateway keys`: manage the API keys."""

from __future__ import annotations

import click

from gateway.app import create_app
from gateway.config import Settings
from gateway.keys import SCOPES, Keys, Quotas, Scope
from servicekit.serve import serve
from servicekit.settings import make_folder, prepare_process

_NOT_NEGATIVE = click.IntRange(min=0)


@click.group(invoke_without_command=True)
@click.pass_context
def main(context: click.Context) -> None:
    """Serve, or run a command."""
    if context.invoked_subcommand is None:
        settings = prepare_process(Settings)
        make_folder(settings.owner, settings.spool_folder())
        serve(Settings, create_app)


@main.group
@click.pass_context
def keys(context: click.Context) -> None:
    """Manage the API keys of this deployment."""
    context.obj = Keys(prepare_process(Settings).keys_path())


@keys.command
@click.option("--name", required=True, help="Whose it is.")
@click.option("--scope", "scopes", multiple=True, required=True, type=click.Choice(SCOPES), help="Repeatable.")
@click.option("--days", type=click.IntRange(1, 36_500), help="How long it is valid; without limit if not given.")
@click.option("--requests-per-minute", type=_NOT_NEGATIVE, help="0: no limit.")
@click.option("--characters-per-hour", type=_NOT_NEGATIVE, help="0: no limit.")
@click.option("--audio-seconds-per-hour", type=_NOT_NEGATIVE, help="0: no limit.")
@click.pass_obj
def create(known: Keys, /, name: str, scopes: tuple[Scope, ...], days: int | None, **quotas: int | None) -> None:
    """Make a key and print it: it is shown this once, and nothing else is on stdout."""
    presented, key = known.create(name, scopes, quotas=Quotas(**quotas), days=days)
    click.echo(f"Key {key.id} for {key.name}: {', '.join(key.scopes)}. It is shown this once:", err=True)
    click.echo(presented)


@keys.command("list")
@click.pass_obj
def list_keys(known: Keys) -> None:
    """Print every key's id, name and scopes."""
    for key in known.all():
        ends = f"until {key.expires_at:%Y-%m-%d}" if key.expires_at else "without end"
        click.echo(f"{key.id}  {key.name}  {','.join(key.scopes)}  since {key.created_at:%Y-%m-%d} {ends}")


@keys.command
@click.argument("key_id", metavar="ID")
@click.pass_obj
def revoke(known: Keys, key_id: str) -> None:
    """Delete a key; running gateways notice within a second."""
    if not known.revoke(key_id):
        raise click.ClickException(f"there is no key {key_id}")
    click.echo(f"revoked {key_id}")


if __name__ == "__main__":
    main()
