"""How fast and how loud Kokoro's published voices are: the table that saves a listener waiting for that.

    python -m benchmarks.kokoro_calibration                  the voices of the table, measured anew against it
    python -m benchmarks.kokoro_calibration af_bella …       these voices or blends
    python -m benchmarks.kokoro_calibration --write          measure all voices, and write the table
    … --write af_bella …                                     these alone; the other rows stay

The model must be installed (`narrate voices install kokoro`).  A voice takes half a minute of one core.
`seconds` is what it takes of itself for its language's sentences (`audiobook/engines/neural/pace.py`), `rms`
its level.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from audiobook.engines.kokoro.model import KokoroModel, LoadedKokoro, load_kokoro, parse_blend
from audiobook.engines.kokoro.pace import Row, digest_style, look_up_pace, read_table
from audiobook.engines.kokoro.voices import MODEL, VOICES, language_of
from audiobook.engines.neural.pace import Pace, measure_pace
from audiobook.engines.neural.speaking import Reader
from audiobook.engines.neural.store import VoiceStore

TABLE = Path(__file__).resolve().parent.parent / "audiobook" / "engines" / "kokoro" / "pace.txt"
HEAD = """\
# How fast and loud Kokoro's published voices speak of themselves, by benchmarks/kokoro_calibration.py
# --write: the seconds that its language's sentences take, the level (root mean square, of full scale), and
# the first digits of the SHA-256 of the style that was measured.
# voice          seconds       rms  style
"""


def measure(kokoro: LoadedKokoro, voice_id: str) -> Pace:
    """Let a voice or a blend read its language's sentences."""
    language = language_of(voice_id)
    reader = Reader(KokoroModel(kokoro, language))
    return measure_pace(voice_id, language, lambda words: reader.read_plainly(words, voice_id))


def write_table(kokoro: LoadedKokoro, names: Sequence[str]) -> None:
    """Measure these voices; what is measured is in the table at once, beside the others' rows."""
    rows = dict(read_table())
    for name in names:
        pace = measure(kokoro, name)
        rows[name] = Row(pace.seconds, pace.rms, digest_style(kokoro.styles[name]))
        lines = [
            f"{each:15}{rows[each].seconds:9.4f}{rows[each].rms:10.6f}  {rows[each].style}\n"
            for each in VOICES
            if each in rows
        ]
        TABLE.write_text(HEAD + "".join(lines), encoding="utf-8")
        print(name, *rows[name], flush=True)


def main() -> None:
    """Print or write."""
    kokoro = load_kokoro(VoiceStore("kokoro").folder / MODEL)
    told = sys.argv[1:]
    if told[:1] == ["--write"]:
        write_table(kokoro, told[1:] or VOICES)
        return
    print(f"{'voice':40} {'seconds':>8} {'table':>8} {'rms':>7} {'table':>7}")
    for voice_id in told or VOICES:
        now = measure(kokoro, voice_id)
        known = look_up_pace(parse_blend(voice_id) or {}, language_of(voice_id), kokoro.styles, read_table())
        print(f"{voice_id:40} {now.seconds:8.2f} {known.seconds if known else 0:8.2f}", end="")
        print(f" {now.rms:7.4f} {known.rms if known else 0:7.4f}", flush=True)


if __name__ == "__main__":
    main()
