"""Read voices: an id, or a mapping of what is stated; and see whether the engine has such a voice."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
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
from audiobook.casting.yaml_tree import Finding, Mark, Misfit, Node, Scalar, Table, is_nothing

FindFault = Callable[[str], str | None]
"""Tells what is wrong with a voice id of one engine, None where nothing is (`Engine.find_fault`)."""

_COMMAND = "command"
"""The engine whose voices are command lines, and the key under which one may stand as a list."""

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
    are not checked, and with no `engines` at all none is.
    """

    def __init__(self, engines: Mapping[str, FindFault], default_engine: str | None) -> None:
        self._engines = engines
        self._default_engine = default_engine

    def read(self, node: Node, lower_engine: str | None) -> VoiceWish:
        """Read a voice's id, or a mapping of what is stated about the voice."""
        findings: list[Finding] = []
        if isinstance(node, Scalar):
            wish = VoiceWish(id=VOICE_KEYS["voice"](node))
            self._check(wish, lower_engine, {"voice": node.mark}, findings)
            # A voice that stands alone has no key of its own to be shown under.
            findings = [Finding(mark=found.mark, message=found.message) for found in findings]
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
        self, node: Node, values: Mapping[str, Any], lower_engine: str | None, findings: list[Finding]
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
        self._check(wish, lower_engine, marks, findings)
        return wish

    def _check(
        self,
        wish: VoiceWish,
        lower_engine: str | None,
        marks: Mapping[str, Mark],
        findings: list[Finding],
    ) -> None:
        """Find an unknown engine, an engine without a voice, and a voice that the engine has not."""
        if not self._engines:
            return
        if wish.engine is not None and wish.engine not in self._engines:
            hint = suggest(wish.engine, self._engines)
            message = f"expected an engine ({' or '.join(self._engines)}), got {wish.engine!r}{hint}"
            findings.append(Finding(mark=marks["engine"], message=message, path="engine"))
            return
        engine = wish.engine or lower_engine or self._default_engine
        key = _COMMAND if _COMMAND in marks else "voice"
        if key not in marks and wish.engine is not None:
            wanted = "'command'" if wish.engine == _COMMAND else f"a voice of {wish.engine!r} under 'voice'"
            message = f"expected {wanted} too, got none"
            findings.append(Finding(mark=marks["engine"], message=message, path="engine"))
        if key == _COMMAND and (engine != _COMMAND or "voice" in marks):
            got = "the key 'voice' too" if "voice" in marks else f"the engine {engine!r}"
            message = f"expected 'engine: command' beside it, and no other voice, got {got}"
            findings.append(Finding(mark=marks[_COMMAND], message=message, path=_COMMAND))
            return
        if wish.id is None or engine is None:
            return
        fault = self._engines[engine](wish.id)
        if fault is not None:
            findings.append(Finding(mark=marks[key], message=f"expected {fault}", path=key))
