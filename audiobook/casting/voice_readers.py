"""Read voices: an id, or a mapping of what is stated; and see whether the engine has such a voice."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from audiobook.casting.readers import (
    Reader,
    argument,
    gather_keys,
    listing,
    misfit,
    number,
    suggest,
    text,
    whole,
)
from audiobook.casting.settings import VoiceWish
from audiobook.errors import NarrateError
from audiobook.model import EngineCast
from audiobook.yamledit.tree import Mark, Misfit, Node, Scalar, SettingFault, Table, is_nothing

FindFault = Callable[[str], str | None]
"""Tells what is wrong with a voice id of one engine, None where nothing is (`Engine.find_fault`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEngines:
    """What casting must know of the engines, which it does not see.

    `faults` has each engine that can be named.  `find_cast` returns the cast of an engine for a language, or
    of another one that speaks in its stead, None where nobody speaks that.  `find_lack` says what keeps an
    engine from speaking here at all ("expected …").  `best` is the engine that `auto` stands for.
    `servers` are those of the engines that are servers of the project; the only one may be called `server`.
    """

    faults: Mapping[str, FindFault]
    find_cast: Callable[[str, str], EngineCast | None]
    find_lack: Callable[[str], str | None] = lambda _: None
    best: str
    servers: tuple[str, ...] = ()

    def name_engine(self, stated: str) -> str:
        """Return the name of the engine that is stated as this."""
        return self.servers[0] if stated == SERVER and len(self.servers) == 1 else stated


SERVER = "server"
"""What a project's only server may be called; with several each has its name."""

_COMMAND = "command"
"""The engine whose voices are command lines, and the key under which one may stand as a list."""

_HELPFUL = ("narrate voices install", "did you mean")
_NEVER_GUESSED = (_COMMAND, "system", SERVER)
"""Engines that are not asked whether a voice is theirs: any words may be a command, and to ask the system
takes a process."""

VOICE_KEYS: Mapping[str, Reader[Any]] = {
    "engine": text("the name of an engine"),
    "voice": text("the id of a voice", longest=4000),
    _COMMAND: listing(
        argument("a word of a command"),
        "a list of words, like [flite, -t, '{text}', -o, '{out}']",
        at_least=1,
    ),
    # The ranges are those in which eSpeak NG changes anything (speak_lib.h: espeakRATE 80 to 450,
    # espeakPITCH and espeakRANGE 0 to 100); volume is pyttsx3's 0 to 1.
    "rate": whole(80, 450, "a number of words per minute"),
    "pitch": whole(0, 100, "a pitch, 50 being the voice's own"),
    "volume": number(0, 1, "a volume"),
    "range": whole(0, 100, "a range of the melody, 50 being the voice's own"),
}


class VoiceReader:
    """Reads voices, with a look at the engines.

    `default_engine` speaks the voices that name none; where it is None (it was stated wrongly) they
    are not checked, and with no `engines` at all none is.  Where another engine is going to stand in its
    place, each voice that is named `keeps_engine`.  `servers` are those of the engines whose voices may be
    stated as `gpu-box:af_heart`.
    """

    def __init__(
        self,
        engines: Mapping[str, FindFault],
        default_engine: str | None,
        *,
        keeps_engine: bool = False,
        servers: tuple[str, ...] = (),
    ) -> None:
        self._keeps_engine = keeps_engine
        self._servers = servers
        self._engines = engines
        self._default_engine = default_engine

    def read(self, node: Node, lower_engine: str | None) -> VoiceWish:
        """Read a voice's id, or a mapping of what is stated about the voice."""
        findings: list[SettingFault] = []
        if isinstance(node, Scalar):
            wish = VoiceWish(id=VOICE_KEYS["voice"](node))
            wish = self._check(wish, lower_engine, {"voice": node.mark}, findings)
            # A voice that stands alone has no key of its own to be shown under.
            findings = [SettingFault(mark=found.mark, message=found.message) for found in findings]
        else:
            what = f"a voice's id, or a mapping with {', '.join(VOICE_KEYS)}"
            wish = self.make_wish(node, gather_keys(node, VOICE_KEYS, what, findings), lower_engine, findings)
        if findings:
            raise Misfit(*findings)
        return wish

    def read_pooled(self, node: Node) -> VoiceWish:
        """Read a voice of a pool, which needs an id."""
        wish = self.read(node, None)
        if wish.id is None:
            raise misfit(node, "a voice's id, or a mapping with the key 'voice'", hint=" without it")
        return wish

    def make_wish(
        self, node: Node, values: Mapping[str, Any], lower_engine: str | None, findings: list[SettingFault]
    ) -> VoiceWish:
        """Return the voice that a mapping's values state, after a look at engine and id together."""
        entries = node.entries if isinstance(node, Table) else ()
        marks = {entry.name: entry.mark for entry in entries if not is_nothing(entry.value)}
        wish = VoiceWish(
            engine=values.get("engine"),
            id=shlex.join(values[_COMMAND]) if _COMMAND in values else values.get("voice"),
            rate=values.get("rate"),
            pitch=values.get("pitch"),
            volume=values.get("volume"),
            range=values.get("range"),
        )
        return self._check(wish, lower_engine, marks, findings)

    def _check(
        self,
        wish: VoiceWish,
        lower_engine: str | None,
        marks: Mapping[str, Mark],
        findings: list[SettingFault],
    ) -> VoiceWish:
        """Return a wish with its engine, where that is another than would be taken for it.

        Finds an unknown engine, an engine without a voice, and a voice that no engine has.
        """
        if not self._engines:
            return wish
        wish = self._name_server(wish)
        if wish.engine is not None and wish.engine not in self._engines:
            hint = suggest(wish.engine, self._engines)
            message = f"expected an engine ({' or '.join(self._engines)}), got {wish.engine!r}{hint}"
            findings.append(SettingFault(mark=marks["engine"], message=message, path="engine"))
            return wish
        usual = lower_engine or self._default_engine
        key = _COMMAND if _COMMAND in marks else "voice"
        if key not in marks and wish.engine is not None:
            wanted = "'command'" if wish.engine == _COMMAND else f"a voice of {wish.engine!r} under 'voice'"
            message = f"expected {wanted} too, got none"
            findings.append(SettingFault(mark=marks["engine"], message=message, path="engine"))
        if key == _COMMAND and ((wish.engine or usual) != _COMMAND or "voice" in marks):
            got = "the key 'voice' too" if "voice" in marks else f"the engine {wish.engine or usual!r}"
            message = f"expected 'engine: command' beside it, and no other voice, got {got}"
            findings.append(SettingFault(mark=marks[_COMMAND], message=message, path=_COMMAND))
            return wish
        if wish.id is None or usual is None:
            return wish
        if wish.engine is not None or key == _COMMAND:
            engine, fault = wish.engine, self._engines[wish.engine or usual](wish.id)
        else:
            engine, fault = find_engine(wish.id, usual, self._engines, self._servers)
        if fault is not None:
            findings.append(SettingFault(mark=marks[key], message=f"expected {fault}", path=key))
        return replace(wish, engine=engine or (usual if self._keeps_engine else None))

    def _name_server(self, wish: VoiceWish) -> VoiceWish:
        """Return a wish with the name of the server that it means."""
        if wish.engine == SERVER and len(self._servers) == 1:
            return replace(wish, engine=self._servers[0])
        name, _, id_ = (wish.id or "").partition(":")
        if wish.engine is None and id_ and name in self._servers:
            return replace(wish, engine=name, id=id_)
        return wish


def find_engine(
    voice_id: str, usual: str, faults: Mapping[str, FindFault], servers: tuple[str, ...] = ()
) -> tuple[str | None, str | None]:
    """Return which engine has a voice, None for the usual one; and a fault, if none or several have.

    Of several faults that one is told that says how the voice is had, else one with a suggestion.  An engine
    that nobody named and that can't be asked does not have the voice, which is told where nothing helps more.
    `servers` are only asked by name: what else stands in voices.yaml is none of their business.
    """
    fault = faults[usual](voice_id)
    if fault is None:
        return None, None
    others = [name for name in faults if name not in {usual, *_NEVER_GUESSED, *servers}]
    found: dict[str, str | None] = {}
    broken = ""
    for name in others:
        try:
            found[name] = faults[name](voice_id)
        except NarrateError as error:
            broken += f"; {name} can't be asked: {error}"
    owners = [name for name in found if found[name] is None]
    if len(owners) == 1:
        return owners[0], None
    if owners:
        both, mapping = " and ".join(owners), f"{{engine: {owners[0]}, voice: {voice_id!r}}}"
        return None, f"the engine beside a voice of several ({both}), got {voice_id!r}: write {mapping}"
    told = [fault, *filter(None, found.values())]
    return None, next((each for sign in _HELPFUL for each in told if sign in each), fault + broken)
