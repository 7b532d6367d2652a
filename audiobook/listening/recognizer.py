"""Whisper, which always hears the same in the same sound: no chance, no memory of what came before.

The package is faster-whisper, the model one in CTranslate2's form.  Sound is heard in windows of `WINDOW_S`;
several at once are no quicker on a processor of few cores, and so one is heard after the other.  What is
short can be heard `briefly`, in a window that is no longer than need be.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import importlib.util
import os
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audiobook.errors import EngineError
from audiobook.folders import voices_folder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Wave = NDArray[np.float32]

SAMPLE_RATE = 16_000
WINDOW_S = 30.0

FOLDER = "NARRATE_WHISPER"
"""The environment variable that names a folder with another model."""

LANGUAGE = "en"
"""What it knows."""

NAME = "whisper"
MODEL = "tiny.en"
FILES = ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt")
"""What a model in CTranslate2's form consists of."""
_NEEDED = FILES[:3]
"""Without these it can't be loaded; the tokenizer would be looked for in the network."""

_REMEDY = (
    "get it again: narrate voices install whisper; to make stories without it, set in voices.yaml: "
    "output: {listen: false}"
)

_PACKAGE = "faster_whisper"
_SAMPLES = round(WINDOW_S * SAMPLE_RATE)
_NO_SPEECH = re.compile(r"\[[^\]]*\]|♪")
"""What it writes of sounds that are no words: "[Music]"."""

_STEPS_A_SECOND = 50
_LATE_S = 0.09
"""By so much it attends to a word after it is heard: 105 ms in eSpeak's voice, 82 ms in Kokoro's, in the
median of eight sentences each."""

_MOST_TOKENS = 220
"""Half of its context, as it is taught (openai/whisper, `sample_len`)."""
_BRIEFLY_S = 5.0
"""Silence behind a sound that is heard briefly.  22 clips of 124 s took 25.7 s of processor time in windows
of 30 s; with weights in 8 bits 19.7 s, and with 5 s of silence behind each in place of all that 7.6 s, with
one small word fewer.  With 2 s it wrote a sentence more than once that is there once."""

_BEAM = 5
"""Whisper's own width of search where it takes its time."""


def find_recognizer() -> Path | None:
    """Return the folder of the model that `NARRATE_WHISPER` names, or else of that which is installed."""
    told = os.environ.get(FOLDER)
    folder = Path(told) if told else voices_folder() / NAME / MODEL
    return folder if all((folder / name).is_file() for name in _NEEDED) else None


def has_package() -> bool:
    """Tell whether the recognizer's package is installed, without loading it."""
    return importlib.util.find_spec(_PACKAGE) is not None


def expect_recognizer() -> Path:
    """Return the model's folder.

    Raises `EngineError`, with what to type, where it or its package is missing.
    """
    if not has_package():
        raise EngineError(
            "listening needs the package faster-whisper: pip install 'narrate-audiobook[listen]'"
        )
    folder = find_recognizer()
    if folder is not None:
        return folder
    if told := os.environ.get(FOLDER):
        raise EngineError(
            f"{FOLDER} names {told}, where {', '.join(_NEEDED)} are not all there: name a folder with a "
            "Whisper model in CTranslate2's form, or unset it and type: narrate voices install whisper"
        )
    raise EngineError(
        "listening needs a recognizer, which is not installed: narrate voices install whisper (78 MB; "
        "without a network, --from FOLDER)"
    )


@functools.cache
def name_recognizer(folder: Path) -> str:
    """Return what changes whenever what is heard may: a hash of the model, and the package's version."""
    digest = hashlib.blake2b(digest_size=16)
    try:
        for name in _NEEDED:
            with (folder / name).open("rb") as file:
                while block := file.read(1 << 20):
                    digest.update(block)
        return f"{digest.hexdigest()} {importlib.metadata.version('ctranslate2')}"
    except (OSError, ImportError) as error:
        raise EngineError(f"{folder}: the recognizer can't be read: {error}; {_REMEDY}") from error


def open_recognizer(folder: Path | None = None, *, threads: int = 1, briefly: bool = False) -> Recognizer:
    """Load the model in a folder, or else that which is here; `briefly` for sounds that are short.

    Raises `EngineError` where there is none, or it can't be loaded.
    """
    folder = folder or expect_recognizer()
    try:
        return Recognizer(folder, threads=threads, briefly=briefly)
    except (RuntimeError, ValueError, OSError, ImportError) as error:
        raise EngineError(f"{folder}: the recognizer can't be loaded: {error}; {_REMEDY}") from error


class Recognizer:
    """A loaded model."""

    def __init__(self, folder: Path, *, threads: int = 1, briefly: bool = False) -> None:
        from faster_whisper import WhisperModel
        from faster_whisper.tokenizer import Tokenizer

        self._briefly = briefly
        kind = "int8" if briefly else "float32"
        self._model = WhisperModel(str(folder), device="cpu", compute_type=kind, cpu_threads=threads)
        is_multilingual = self._model.model.is_multilingual
        self._tokenizer = Tokenizer(
            self._model.hf_tokenizer, is_multilingual, task="transcribe", language="en"
        )
        self._prompt = self._model.get_prompt(self._tokenizer, [], without_timestamps=True)

    def hear(self, wave: Wave, *, carefully: bool = False) -> str:
        """Return what is said in samples of `SAMPLE_RATE` from −1 to 1, of `WINDOW_S` at most.

        Where it listens `carefully`, it considers several readings at once, which takes twice as long.
        """
        found = self._model.model.generate(
            self._listen(wave, whole=carefully or not self._briefly),
            [self._prompt],
            beam_size=_BEAM if carefully else 1,
            max_length=448,
        )
        text: str = self._tokenizer.decode(found[0].sequences_ids[0])
        return " ".join(_NO_SPEECH.sub(" ", text).split())

    def align(self, wave: Wave, words: Sequence[str]) -> list[tuple[float, float]] | None:
        """Return from when to when each of these words is said in samples such as `hear` takes, in seconds.

        None where they are more than it can read at once.  The times are steps of 20 ms.
        """
        import numpy as np

        encoded = self._model.hf_tokenizer.encode_batch(
            [f" {word}" for word in words], add_special_tokens=False
        )
        counts = [len(each.ids) for each in encoded]
        tokens = [token for each in encoded for token in each.ids]
        if len(tokens) > _MOST_TOKENS:
            return None
        frames = min(len(wave), _SAMPLES) // self._model.feature_extractor.hop_length
        listened = self._listen(wave, whole=True)
        (found,) = self._model.model.align(listened, self._tokenizer.sot_sequence, [tokens], frames)
        # The first step at which each token is attended to, and the end of the text.
        steps: dict[int, int] = {}
        for token, step in found.alignments:
            steps.setdefault(token, step)
        begins = [max(0.0, steps[at] / _STEPS_A_SECOND - _LATE_S) for at in np.cumsum([0, *counts]).tolist()]
        return list(pairwise(begins))

    def _listen(self, wave: Wave, *, whole: bool) -> Any:
        import numpy as np

        # Silence behind it, as Whisper was taught (openai/whisper, `pad_or_trim`); else it repeats itself.
        size = _SAMPLES if whole else min(_SAMPLES, len(wave) + round(_BRIEFLY_S * SAMPLE_RATE))
        padded = np.pad(wave[:size], (0, max(0, size - len(wave)))).astype(np.float32)
        return self._model.encode(self._model.feature_extractor(padded, padding=0))
