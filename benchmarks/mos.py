"""How good a listener would find speech, of 1 to 5, as two models guess that learnt it from people's answers.

DistillMOS (https://github.com/microsoft/Distill-MOS) tells synthetic voices apart, DNSMOS P.808
(https://github.com/microsoft/DNS-Challenge) hears noise and faults of transmission above all.
"""

from __future__ import annotations

import contextlib
import io
import sys
import types
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from audiobook.engines.neural.sessions import open_session
from benchmarks.dictation import SAMPLE_RATE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Wave = NDArray[np.float32]

_DISTILL_SAMPLES = 122_880
_DNS_SAMPLES = round(9.01 * SAMPLE_RATE) - 160
"""How much each hears at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What the two models guess: mean opinion scores of 1 to 5."""

    distill: float
    dns: float


class Jury:
    """Both models, loaded.  Needs the extra `ears`."""

    def __init__(self, *, threads: int = 1) -> None:
        import torch

        torch.set_num_threads(threads)
        _stand_in_for_torchaudio()
        from distillmos import ConvTransformerSQAModel

        self._torch = torch
        with contextlib.redirect_stdout(io.StringIO()):  # it tells where its weights are
            self._distill = ConvTransformerSQAModel(segmenting_in_forward=False).eval()
        self._dns = open_session(_find_dns_model())

    def judge(self, wave: Wave) -> Opinion:
        """Judge samples of 16 kHz, from −1 to 1: the mean over pieces of 8 or 9 seconds."""
        return Opinion(distill=self.judge_voice(wave), dns=self._judge_noise(wave))

    def judge_voice(self, wave: Wave) -> float:
        """Return DistillMOS alone."""
        with self._torch.no_grad():
            scores = [
                float(self._distill(self._torch.from_numpy(piece)[None]))
                for piece in _cut(wave, _DISTILL_SAMPLES)
            ]
        return float(np.mean(scores))

    def _judge_noise(self, wave: Wave) -> float:
        features = np.stack([_find_features(piece) for piece in _cut(wave, _DNS_SAMPLES)])
        name = self._dns.get_inputs()[0].name
        return float(np.mean([self._dns.run(None, {name: each[None]})[0] for each in features]))


def _find_dns_model() -> Path:
    """Return DNSMOS P.808's model; its package would ask a second one too, and each second anew."""
    from importlib.util import find_spec

    spec = find_spec("speechmos")
    folders = spec.submodule_search_locations if spec else None
    if not folders:
        raise SystemExit("speechmos is not installed: pip install -e '.[ears]'")
    return Path(folders[0]) / "dnsmos_models" / "model_v8.onnx"


def _find_features(piece: Wave) -> Wave:
    """Return what DNSMOS P.808 looks at: 120 mel bands in dB, as `speechmos.dnsmos` scales them."""
    import librosa

    mel = librosa.feature.melspectrogram(y=piece, sr=SAMPLE_RATE, n_fft=321, hop_length=160, n_mels=120)
    scaled: Wave = ((librosa.power_to_db(mel, ref=np.max) + 40) / 40).T.astype(np.float32)
    return scaled


def _cut(wave: Wave, size: int) -> Iterator[Wave]:
    """Cut a wave into pieces of one size, the last of which overlaps; one that is too short is repeated."""
    wave = np.asarray(wave, np.float32)
    if len(wave) < size:
        wave = np.resize(wave, size)
    for start in range(0, len(wave) - size + 1, size):
        yield wave[start : start + size]
    if len(wave) % size > size // 4:
        yield wave[-size:]


def _stand_in_for_torchaudio() -> None:
    """Let DistillMOS be imported where torchaudio can't be: it is published for fewer versions of torch.

    It is asked for two names at the import, of which none is used for samples that are in memory.
    """
    try:
        import torchaudio  # noqa: F401
    except (ImportError, OSError):
        for name in [name for name in sys.modules if name.partition(".")[0] == "torchaudio"]:
            del sys.modules[name]
        audio, transforms = types.ModuleType("torchaudio"), types.ModuleType("torchaudio.transforms")
        vars(transforms)["MFCC"] = vars(audio)["transforms"] = transforms
        sys.modules |= {"torchaudio": audio, "torchaudio.transforms": transforms}
