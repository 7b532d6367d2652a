"""Kokoro's model, loaded: phonemes by the rules of one language, styles and their blends, speech."""

from __future__ import annotations

import re
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from audiobook.engines.kokoro.cuts import LATE_S, LEAD_INS, SHORT, cut_lead_in, cut_start
from audiobook.engines.kokoro.graph import DURATION, PITCH
from audiobook.engines.neural.sessions import open_session
from audiobook.engines.neural.speaking import SpokenPhonemes, is_heard
from audiobook.engines.neural.waves import Wave
from audiobook.errors import SynthesisError
from audiobook.scratch import open_scratch

_SLOWEST, _FASTEST = 0.5, 2.0
"""The speeds that its makers' programs let through (`kokoro_onnx.Kokoro.create`)."""

_LIMIT = 400
"""Phonemes at once.  The model's context holds 510 (`kokoro_onnx.config.MAX_PHONEME_LENGTH`), but longer
texts than 400 are rushed, says its maker (hexgrad/Kokoro-82M, VOICES.md), and their ends fade."""

_SAMPLE_RATE = 24000

_TERM = re.compile(r"(?P<name>[a-z]{2}_[a-z0-9_]+)(?:\*(?P<weight>\d+(?:\.\d+)?|\.\d+))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedKokoro:
    """A folder's model and voices, for the readers of all languages.

    `session` is an `onnxruntime.InferenceSession`; a voice's style is an array of 510, 1 and 256: a vector
    for each number of phonemes.
    """

    session: Any
    styles: Mapping[str, Wave]


class KokoroModel:
    """The loaded model, speaking by the rules of one language; see `neural.speaking.SpeechModel`."""

    limit = _LIMIT
    sample_rate = _SAMPLE_RATE
    late_s = LATE_S

    def __init__(self, kokoro: LoadedKokoro, language: str) -> None:
        self._kokoro = kokoro
        self._language = language
        self._backend: Any = None
        self._tokens = load_vocabulary()

    def phonemize(self, text: str) -> list[list[str]]:
        found = self._phonemizer().phonemize([text], strip=True)
        sentence = [sign for sign in " ".join(" ".join(found).split()) if sign in self._tokens]
        return [sentence] if is_heard(sentence) else []

    def _phonemizer(self) -> Any:
        """Make the phonemizer that the model is run with, without flags of other languages.

        They would be read out.
        """
        if self._backend is None:
            import logging

            import espeakng_loader
            from phonemizer.backend import EspeakBackend
            from phonemizer.backend.espeak.wrapper import EspeakWrapper

            quiet = logging.getLogger("narrate.kokoro")
            quiet.addHandler(logging.NullHandler())
            quiet.propagate = False
            EspeakWrapper.set_data_path(espeakng_loader.get_data_path())
            EspeakWrapper.set_library(espeakng_loader.get_library_path())
            with _brief_copies():
                self._backend = EspeakBackend(
                    self._language,
                    preserve_punctuation=True,
                    with_stress=True,
                    language_switch="remove-flags",
                    logger=quiet,
                )
        return self._backend

    @cached_property
    def takes_pitch(self) -> bool:
        """Whether the graph is one that `graph.admit_pitch` has changed."""
        return any(each.name == PITCH for each in self._kokoro.session.get_inputs())

    def run(
        self, phonemes: Sequence[str], speaker: str, length: float, liveliness: float, pitch: float = 1.0
    ) -> SpokenPhonemes:
        """Speak phonemes; the model takes no noise from outside, so `liveliness` changes nothing."""
        del liveliness
        lead_in = self._lead_in if len(phonemes) <= SHORT and self._has_durations else []
        spoken = self._say([*lead_in, *phonemes], speaker, length, pitch)
        if lead_in:
            return cut_lead_in(spoken, len(lead_in), _SAMPLE_RATE)
        return cut_start(spoken, phonemes, _SAMPLE_RATE) if spoken.edges else spoken

    @cached_property
    def _lead_in(self) -> list[str]:
        text = LEAD_INS.get(self._language)
        return [*self.phonemize(text)[0], " "] if text else []

    @cached_property
    def _has_durations(self) -> bool:
        return any(output.name == DURATION for output in self._kokoro.session.get_outputs())

    def _say(
        self, phonemes: Sequence[str], speaker: str, length: float, pitch: float = 1.0
    ) -> SpokenPhonemes:
        import numpy as np

        kept = _find_spoken(phonemes)
        tokens = [self._tokens[phonemes[n]] for n in kept]
        style = self._style(speaker)
        session = self._kokoro.session
        inputs = {
            self._token_input: np.array([[0, *tokens, 0]], dtype=np.int64),
            "style": style[min(len(tokens), len(style)) - 1],
            "speed": np.array([min(_FASTEST, max(_SLOWEST, 1 / length))], dtype=np.float32),
        }
        if self.takes_pitch:
            inputs[PITCH] = np.array([pitch], dtype=np.float32)
        found = session.run(None, inputs)
        wave = np.asarray(found[0], dtype=np.float32).ravel()
        if not np.isfinite(wave).all():
            raise SynthesisError("the model's wave holds what is no number")
        outputs = [output.name for output in session.get_outputs()]
        if DURATION not in outputs:
            return SpokenPhonemes(wave=wave)
        durations = np.ravel(found[outputs.index(DURATION)])
        frames = np.zeros(len(phonemes) + 1, dtype=np.int64)
        frames[0] = durations[0]  # the mark before the text, as the last one is that after it
        frames[1:][kept] = durations[1:-1]
        edges = np.cumsum(frames) * len(wave) // durations.sum()
        return SpokenPhonemes(wave=wave, edges=tuple(edges.tolist()))

    @cached_property
    def _token_input(self) -> str:
        """Return the input's name, which is another in newer exports of the model."""
        names = {each.name for each in self._kokoro.session.get_inputs()}
        return "input_ids" if "input_ids" in names else "tokens"

    def _style(self, voice_id: str) -> Wave:
        """Return the mean of a blend's styles: an array of the number of phonemes, 1, and 256."""
        import numpy as np

        parts = parse_blend(voice_id) or {}
        total = sum(parts.values())
        styles = [self._kokoro.styles[name] * (weight / total) for name, weight in parts.items()]
        style: Wave = np.sum(styles, axis=0, dtype=np.float32)
        return style


def _find_spoken(phonemes: Sequence[str]) -> list[int]:
    """Return which phonemes the model is given: spaces between words alone, one at a time."""
    spaces = [sign == " " for sign in phonemes]
    last = max((n for n, is_space in enumerate(spaces) if not is_space), default=-1)
    return [n for n in range(last + 1) if not spaces[n] or (n and not spaces[n - 1])]


def load_kokoro(folder: Path, *, is_prepared: bool = True) -> LoadedKokoro:
    """Load the model and the voices in a folder; see `open_session`."""
    import numpy as np

    session = open_session(folder / "model.onnx", is_prepared=is_prepared)
    with np.load(folder / "voices.bin") as styles:
        return LoadedKokoro(session=session, styles={name: styles[name] for name in styles.files})


def load_vocabulary() -> Mapping[str, int]:
    """Return the number that the model has for each sign: a table of kokoro-onnx, which isn't loaded."""
    import json
    from importlib.util import find_spec

    spec = find_spec("kokoro_onnx")
    folder = Path(spec.origin).parent if spec and spec.origin else Path()
    found: dict[str, int] = json.loads((folder / "config.json").read_text(encoding="utf-8"))["vocab"]
    return found


def list_styles(path: Path) -> tuple[str, ...]:
    """List the voices in a file of them, which is an archive with an array for each."""
    with zipfile.ZipFile(path) as archive:
        return tuple(sorted(name.removesuffix(".npy") for name in archive.namelist()))


@contextmanager
def _brief_copies() -> Iterator[None]:
    """Let the copies of eSpeak's library that phonemizer loads go at once.

    It leaves that to the interpreter's end, which a worker does not come to, or one that is killed.
    """
    if sys.platform == "win32":  # where a loaded library can't be removed
        yield
        return
    import shutil
    import tempfile

    from phonemizer.backend.espeak.api import EspeakAPI

    EspeakAPI._delete = staticmethod(lambda _, folder: shutil.rmtree(folder, ignore_errors=True))
    usual = tempfile.tempdir
    with open_scratch() as scratch:
        tempfile.tempdir = str(scratch)
        try:
            yield
        finally:
            tempfile.tempdir = usual


def parse_blend(voice_id: str) -> Mapping[str, float] | None:
    """Return the voices of an id with their weights, 1 where none is told; None where it is no blend."""
    found: dict[str, float] = {}
    for term in voice_id.split("+"):
        match = _TERM.fullmatch(term)
        if match is None or match["name"] in found:
            return None
        found[match["name"]] = float(match["weight"] or 1)
    return found if all(weight > 0 for weight in found.values()) else None
