"""The engines that this process has opened, and what casting is told of them.

A project's own servers are engines by their names.  Processes that are started for its work are told of them
as this one is (`introduce`).
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterable
from pathlib import Path

from audiobook import engines
from audiobook.casting import AUTO, SERVER, KnownEngines, load_servers
from audiobook.choices import USUAL_ENGINE
from audiobook.engines import best_engine, engine_names, open_engine
from audiobook.engines.base import Engine
from audiobook.errors import NarrateError
from audiobook.model import EngineCast, SpeechServer

_servers: dict[str, SpeechServer] = {}


def introduce(servers: Iterable[SpeechServer]) -> None:
    """Make servers engines of this process, in place of those that it knew; none can replace an engine."""
    taken = {AUTO, SERVER, *engine_names()}
    found = {server.name: server for server in servers if server.name not in taken}
    _servers.clear()
    _servers.update(found)


def introduce_of(voices: Path | None) -> None:
    """Make the servers of a voices.yaml engines of this process, whatever else is wrong with that file."""
    introduce(load_servers(voices))


def known_servers() -> tuple[SpeechServer, ...]:
    """Return the servers that were introduced, in their order."""
    return tuple(_servers.values())


def known_names() -> tuple[str, ...]:
    """List every engine that voices.yaml may name: those of this machine, then the project's servers."""
    return (*engine_names(), *_servers)


def shared_engine(name: str) -> Engine:
    """Keep an engine for this process's life: starting one costs more than speaking a sentence."""
    return _keep(name, _servers.get(name))


def opener(name: str) -> Callable[[], Engine]:
    """Return what opens an engine as it is now, in other processes too."""
    return functools.partial(_open, name, _servers.get(name))


def _open(name: str, server: SpeechServer | None) -> Engine:
    if server is None:
        return open_engine(name)
    from audiobook.engines.server.engine import ServerEngine

    return ServerEngine(server)


_keep = functools.cache(_open)


def forget_engines() -> None:
    """Open each engine anew when it is asked for again."""
    _keep.cache_clear()


def find_cast(name: str, language: str) -> EngineCast | None:
    """Return an engine's cast for a language, or the usual engine's; None where neither speaks that."""
    with contextlib.suppress(NarrateError):  # one that can't list its voices
        if cast := engines.find_cast(shared_engine(name), language):
            return cast
    return engines.find_cast(shared_engine(USUAL_ENGINE), language)


def find_lack(name: str) -> str | None:
    """Say what an engine lacks before it can speak; it completes the sentence "expected …"."""
    if name == SERVER:
        several = f"a server by its name ({' or '.join(_servers)}), since there are several"
        return f"{several if _servers else 'a server under the key servers'}, got '{name}'"
    if name not in _servers:
        return engines.find_lack(name)
    try:
        return None if shared_engine(name).voices() else f"a server that has voices, got '{name}'"
    except NarrateError as error:
        return str(error).removeprefix("expected ")


def known_engines() -> KnownEngines:
    """Return what casting must know of the engines; none is asked before it is looked for."""
    return KnownEngines(
        faults={name: functools.partial(_find_fault, name) for name in known_names()},
        find_cast=find_cast,
        find_lack=find_lack,
        best=best_engine(),
        servers=tuple(_servers),
    )


def _find_fault(engine: str, voice_id: str) -> str | None:
    return shared_engine(engine).find_fault(voice_id)
