"""Kokoro's model, loaded: phonemes by the rules of one language, styles and their blends, speech."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from audiobook.engines.neural.sessions import load_onnxruntime, open_session
from audiobook.engines.neural.speaking import is_heard
from audiobook.engines.neural.waves import Wave
from audiobook.errors import SynthesisError

_SLOWEST, _FASTEST = 0.5, 2.0
"""The speeds that kokoro-onnx lets through (`Kokoro.create`)."""

_LIMIT = 510
"""The model's context, less the mark at either end (`kokoro_onnx.config.MAX_PHONEME_LENGTH`)."""

_SAMPLE_RATE = 24000

_TERM = re.compile(r"(?P<name>[a-z]{2}_[a-z0-9_]+)(?:\*(?P<weight>\d+(?:\.\d+)?|\.\d+))?")


class KokoroModel:
    """The loaded model, speaking by the rules of one language; see `neural.speaking.SpeechModel`."""

    limit = _LIMIT
    sample_rate = _SAMPLE_RATE

    def __init__(self, kokoro: Any, language: str) -> None:
        self._kokoro = kokoro
        self._language = language
        self._backend: Any = None

    def phonemize(self, text: str) -> list[list[str]]:
        found = self._phonemizer().phonemize([text], strip=True)
        known = self._kokoro.tokenizer.vocab
        sentence = [sign for sign in " ".join(" ".join(found).split()) if sign in known]
        return [sentence] if is_heard(sentence) else []

    def _phonemizer(self) -> Any:
        """Make kokoro-onnx's phonemizer, without its flags of other languages: they would be read out."""
        if self._backend is None:
            import logging

            from phonemizer.backend import EspeakBackend

            quiet = logging.getLogger("narrate.kokoro")
            quiet.addHandler(logging.NullHandler())
            quiet.propagate = False
            with _own_scratch():
                self._backend = EspeakBackend(
                    self._language,
                    preserve_punctuation=True,
                    with_stress=True,
                    language_switch="remove-flags",
                    logger=quiet,
                )
        return self._backend

    def run(self, phonemes: Sequence[str], speaker: str, length: float, liveliness: float) -> Wave:
        """Speak phonemes; the model takes no noise from outside, so `liveliness` changes nothing."""
        import numpy as np

        del liveliness
        speed = min(_FASTEST, max(_SLOWEST, 1 / length))
        wave, _ = self._kokoro.create(
            "".join(phonemes),
            self._style(speaker),
            speed=speed,
            lang=self._language,
            is_phonemes=True,
            trim=False,
            sentence_pause=0,
            clause_pause=0,
        )
        found: Wave = np.atleast_1d(wave).astype(np.float32)
        if not np.isfinite(found).all():
            raise SynthesisError("the model's wave holds what is no number")
        return found

    def _style(self, voice_id: str) -> Wave:
        """Return the mean of a blend's styles: an array of the number of phonemes, 1, and 256."""
        import numpy as np

        parts = parse_blend(voice_id) or {}
        total = sum(parts.values())
        styles = [self._kokoro.get_voice_style(name) * (weight / total) for name, weight in parts.items()]
        style: Wave = np.sum(styles, axis=0, dtype=np.float32)
        return style


def load_kokoro(folder: Path) -> Any:
    """Load the model and the voices in a folder (a `kokoro_onnx.Kokoro`)."""
    load_onnxruntime()
    from kokoro_onnx import Kokoro

    session = open_session(folder / "model.onnx")
    kokoro = Kokoro.from_session(session, str(folder / "voices.bin"))
    # It would read each style when that is wanted, from a file that forked processes share the place in.
    with kokoro.voices as styles:
        kokoro.voices = {name: styles[name] for name in styles.files}
    return kokoro


def list_styles(path: Path) -> tuple[str, ...]:
    """List the voices in a file of them, which is an archive with an array for each."""
    with zipfile.ZipFile(path) as archive:
        return tuple(sorted(name.removesuffix(".npy") for name in archive.namelist()))


@contextmanager
def _own_scratch() -> Iterator[None]:
    """Let a worker process remove the copies of eSpeak's library that phonemizer makes meanwhile.

    phonemizer leaves that to the interpreter's end, which a forked process of `multiprocessing` does not come
    to; where a process does, it would complain that they are gone.
    """
    import multiprocessing
    import multiprocessing.context
    import multiprocessing.util
    import shutil
    import tempfile

    forked = getattr(multiprocessing.context, "ForkProcess", ())  # Windows has none
    if not isinstance(multiprocessing.current_process(), forked):
        yield
        return
    usual, scratch = tempfile.tempdir, tempfile.mkdtemp(prefix="narrate-")
    multiprocessing.util.Finalize(None, shutil.rmtree, (scratch, True), exitpriority=1)
    tempfile.tempdir = scratch
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
