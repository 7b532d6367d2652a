"""Whether short lines are heard as what they are: a hundred of a word or two, each by itself.

    python -m benchmarks.short_lines bf_emma am_adam …      in these voices of Kokoro
    … --alone                                               without the sentence that is said before them
    … --every N                                             every N-th line alone

Each is spoken at its voice's own pace and heard with silence around it, so that nothing tells the recognizer
what to expect (benchmarks/dictation.py).  A line is misheard where any word of it is, or where a word is
heard that nobody said.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from audiobook.engines.kokoro.model import KokoroModel, load_kokoro
from audiobook.engines.kokoro.voices import MODEL, language_of
from audiobook.engines.neural.speaking import Reader
from audiobook.engines.neural.store import VoiceStore
from audiobook.engines.neural.waves import play_faster, trim
from benchmarks.dictation import SAMPLE_RATE, Recognizer, compare

LINES = Path(__file__).with_suffix(".txt")
_PEAK = 0.5
_AROUND_S = 0.4


def main() -> None:
    """Print the lines that each voice says wrongly."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.short_lines")
    parser.add_argument("voices", nargs="+")
    parser.add_argument("--alone", action="store_true")
    parser.add_argument("--every", type=int, default=1, metavar="N")
    told = parser.parse_args()
    lines = LINES.read_text(encoding="utf-8").splitlines()[:: told.every]
    kokoro = load_kokoro(VoiceStore("kokoro").folder / MODEL)
    recognizer = Recognizer()
    around = np.zeros(round(_AROUND_S * SAMPLE_RATE), np.float32)
    for voice in told.voices:
        model = KokoroModel(kokoro, language_of(voice))
        misheard = []
        for line in lines:
            if told.alone:
                wave = trim(model._say(model.phonemize(line)[0], voice, 1.0).wave)
            else:
                wave, _ = Reader(model).read_plainly(line, voice)
            scaled = play_faster(wave * (_PEAK / np.abs(wave).max()), model.sample_rate / SAMPLE_RATE)
            heard = recognizer.write_down(np.concatenate([around, scaled, around]).astype(np.float32))
            if compare(line, heard).errors:
                misheard.append(f"{line} → {heard[:40]}")
        print(
            f"{voice:30} {len(misheard) / len(lines):5.0%} of {len(lines)}: {'; '.join(misheard)}", flush=True
        )


if __name__ == "__main__":
    main()
