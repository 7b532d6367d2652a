"""`narrate allow`: which programs a voices.yaml may start."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("programs", nargs=-1, metavar="[PROGRAM]...")
@click.option(
    "--remove", is_flag=True, help="Take the programs off the list; no voices.yaml may start them then."
)
@click.option("--yes", is_flag=True, help="Allow even shells and the like, which run whatever they are told.")
def allow(*, programs: tuple[str, ...], remove: bool, yes: bool) -> None:
    """Allow programs to be started as voices (engine: command), or list those that are.

    A program is allowed for every voices.yaml, with any arguments.  It is known by its whole path, so
    another of the same name is not.
    """
    from audiobook.engines.allowing import list_path, read_allowed

    if not programs:
        if remove:
            raise click.UsageError("--remove needs the names of programs")
        for path in read_allowed():
            click.echo(str(path))
        if not read_allowed():
            click.echo(f"no program is allowed ({list_path()})", err=True)
        return
    (_remove if remove else _add)(programs, yes=yes)


def _add(programs: tuple[str, ...], *, yes: bool) -> None:
    from audiobook.engines.allowing import consider, list_path, read_allowed, write_allowed
    from audiobook.errors import EngineError

    wanted = [consider(name, Path.cwd()) for name in programs]
    for each in wanted:
        for warning in each.warnings:
            click.echo(f"warning: {each.program}: {warning}", err=True)
    if not yes and (dangerous := [str(each.program) for each in wanted if each.runs_anything]):
        raise EngineError(
            f"nothing was allowed: {', '.join(dangerous)} would let any voices.yaml do anything; a script of "
            "your own that does one thing can be allowed instead (or add --yes)"
        )
    allowed = read_allowed()
    write_allowed((*allowed, *(each.program for each in wanted if each.program not in allowed)))
    for each in wanted:
        click.echo(f"allowed: {each.program}, with any arguments, for every voices.yaml")
    click.echo(f"the list is {list_path()}; to take one off: narrate allow --remove PROGRAM")


def _remove(programs: tuple[str, ...], *, yes: bool) -> None:  # noqa: ARG001 - `_add` has it too
    from audiobook.engines.allowing import find_program, read_allowed, write_allowed
    from audiobook.errors import EngineError

    allowed = read_allowed()
    gone = []
    for name in programs:
        # One that is no longer installed is known by the path that the list shows, or its last part.
        real = find_program(name) or find_program(str(Path.cwd() / name))
        found = [path for path in allowed if path == real or str(path) == name or path.name == name]
        if not found:
            raise EngineError(f"{name}: is not among the allowed programs; narrate allow lists them")
        gone += found
    write_allowed(tuple(path for path in allowed if path not in gone))
    for path in gone:
        click.echo(f"no longer allowed: {path}")
