"""`narrate allow`: which programs a voices.yaml may start, and which servers it may send texts to."""

from __future__ import annotations

from pathlib import Path

import click

_ADDRESSES = ("http://", "https://")


@click.command()
@click.argument("names", nargs=-1, metavar="[PROGRAM|ADDRESS]...")
@click.option("--remove", is_flag=True, help="Take these off the list; no voices.yaml may use them then.")
@click.option("--yes", is_flag=True, help="Allow even shells and the like, which run whatever they are told.")
@click.option(
    "--key",
    "keys",
    multiple=True,
    metavar="VARIABLE",
    help="The environment variable whose value the server may be sent as a key.",
)
def allow(*, names: tuple[str, ...], remove: bool, yes: bool, keys: tuple[str, ...]) -> None:
    """Allow programs to be started as voices, and servers to be sent texts; or list those that are.

    Each is allowed for every voices.yaml: a program (engine: command) with any arguments, a server
    (servers: …, as http://gpu-box:8880) with any text.  A program is known by its whole path, a server by
    its name and port, so another of the same name is not it.
    """
    addresses = tuple(name for name in names if name.lower().startswith(_ADDRESSES))
    programs = tuple(name for name in names if name not in addresses)
    if not names:
        if remove or keys:
            raise click.UsageError(f"{'--remove' if remove else '--key'} needs the names of what it is for")
        _print()
        return
    if keys and (remove or programs or len(addresses) != 1):
        raise click.UsageError("--key goes with one server that is allowed")
    if programs:
        (_remove if remove else _add)(programs, yes=yes)
    if addresses:
        if remove:
            _remove_servers(addresses)
        else:
            _add_servers(addresses, keys)


def _print() -> None:
    from audiobook.engines.allowing import list_path, read_allowed
    from audiobook.engines.server import hosts

    programs, servers = read_allowed(), hosts.read_allowed()
    for path in programs:
        click.echo(str(path))
    for origin, keys in servers.items():
        click.echo(f"{origin}{_tell_keys(keys)}")
    if not programs:
        click.echo(f"no program is allowed ({list_path()})", err=True)
    if not servers:
        click.echo(f"no server is allowed ({hosts.list_path()})", err=True)


def _tell_keys(keys: frozenset[str]) -> str:
    return f", with the key in {' or '.join(sorted(keys))}" if keys else ""


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


def _add_servers(addresses: tuple[str, ...], keys: tuple[str, ...]) -> None:
    from audiobook.engines.server import hosts
    from audiobook.errors import EngineError

    for key in keys:
        if not hosts.is_variable(key):
            raise EngineError("--key: expected the name of an environment variable, not what is in it")
    origins = {str(origin): origin for origin in map(hosts.read_origin, addresses)}
    allowed = dict(hosts.read_allowed())
    for name, origin in origins.items():
        allowed[name] = allowed.get(name, frozenset()) | frozenset(keys)
        if warning := hosts.warn_of(origin, allowed[name]):
            click.echo(f"warning: {warning}", err=True)
    hosts.write_allowed(allowed)
    for name in origins:
        click.echo(f"allowed: {name}, any text{_tell_keys(allowed[name])}, for every voices.yaml")
    click.echo(f"the list is {hosts.list_path()}; to take one off: narrate allow --remove ADDRESS")


def _remove_servers(addresses: tuple[str, ...]) -> None:
    from audiobook.engines.server import hosts
    from audiobook.errors import EngineError

    allowed = dict(hosts.read_allowed())
    origins = [str(hosts.read_origin(address)) for address in addresses]
    for origin in origins:
        if allowed.pop(origin, None) is None:
            raise EngineError(f"{origin}: is not among the allowed servers; narrate allow lists them")
    hosts.write_allowed(allowed)
    for origin in origins:
        click.echo(f"no longer allowed: {origin}")
