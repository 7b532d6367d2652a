"""Voices that are installed first: what there is, and getting one."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path

from audiobook.building.auditions import choose_voices
from audiobook.building.recognizer_files import install_recognizer
from audiobook.engines import engine_names, open_engine
from audiobook.engines.base import InstallableEngine, as_installable
from audiobook.engines.neural.fetching import Tell
from audiobook.errors import EngineError, UsageError
from audiobook.listening.recognizer import NAME as RECOGNIZER
from audiobook.model import VoiceEntry
from audiobook.suggesting import did_you_mean

Note = Callable[[str], None]
"""Is told a sentence for the person who waits."""


def install_voice(
    name: str, source: Path | None, tell: Tell, note: Note = lambda _: None
) -> tuple[list[VoiceEntry], Path]:
    """Install `engine:voice`, an engine's one model, or the recognizer, by download or from a file.

    Returns the voices that this gave (the recognizer none), and the folder that they lie in.
    Raises `UsageError` where no engine of that name has voices to install, and what
    `InstallableEngine.install` raises.
    """
    if name == RECOGNIZER:
        return [], install_recognizer(source, tell, note)
    engine_name, _, voice_id = name.partition(":")
    engines = _installable()
    engine = engines.get(engine_name)
    if engine is None:
        hint = did_you_mean(engine_name, engines)
        raise UsageError(
            f"{name!r}: expected an engine and a voice, like piper:en_US-lessac-medium{hint}; engines whose "
            f"voices are installed are {', '.join(engines)}; {RECOGNIZER} is the recognizer of check --listen"
        )
    before = _voices_now(engine)
    folder = engine.install(voice_id, source, tell, note)
    now = _voices_now(engine) or []
    new = [entry for entry in now if entry not in before] if before is not None else []
    return new or [entry for entry in now if entry.id.startswith(voice_id)] or now, folder


def list_available(names: Sequence[str], note: Note, *, language: str | None = None) -> list[VoiceEntry]:
    """List what can be installed, as `list_voices` lists what is; `names` may be engines too.

    An engine whose publisher can't be reached is noted; where that leaves none, it is an `EngineError`.
    """
    engines = _installable()
    wanted = {name: engine for name, engine in engines.items() if name in names} or engines
    parts = [name for name in names if name not in engines]
    entries: list[VoiceEntry] = []
    faults = []
    for engine in wanted.values():
        try:
            entries += engine.published()
        except EngineError as error:
            faults.append(str(error))
    if faults and not entries:
        raise EngineError("\n".join(faults))
    for fault in faults:
        note(fault)
    return choose_voices(entries, parts, language)


def _voices_now(engine: InstallableEngine) -> list[VoiceEntry] | None:
    """List an engine's voices; None where one is damaged, which must not keep anybody from a new one."""
    with contextlib.suppress(EngineError):
        return list(engine.voices())
    return None


def _installable() -> dict[str, InstallableEngine]:
    found = {}
    for name in engine_names():
        try:
            engine = as_installable(open_engine(name))
        except EngineError:  # another package's, which can't be loaded: `doctor` tells of it
            continue
        if engine is not None:
            found[name] = engine
    return found
