"""Measure finished MP3s as a listener's meter does.

    python -m benchmarks.loudness output

Prints RMS, LUFS, peak, noise floor, head and tail of every file, and how far the files lie apart.
Exit status 1 where one leaves the audiobook window (RMS −23…−18 dBFS, peak ≤ −3, floor ≤ −60 dB and
no digital silence) or the files differ by more than 1 dB in RMS or LUFS.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.listening import decode, loudness_lufs, noise_floor_db, peak_db, rms_db, silence_ends_s

_DIGITAL_SILENCE_DB = -95


def main(folder: Path) -> int:
    rows = []
    print(
        f"{'file':40} {'RMS':>7} {'LUFS':>7} {'peak':>7} {'floor':>7} {'head':>6} {'tail':>6} {'length':>8}"
    )
    for path in sorted(folder.rglob("*.mp3")):
        if "previews" in path.parts:
            continue
        samples = decode(path)
        head, tail = silence_ends_s(samples)
        row = (rms_db(samples), loudness_lufs(path), peak_db(samples), noise_floor_db(samples))
        rows.append(row)
        print(
            f"{path.stem[:40]:40} {row[0]:7.2f} {row[1]:7.2f} {row[2]:7.2f} {row[3]:7.2f} "
            f"{head:6.2f} {tail:6.2f} {len(samples) / 44_100:8.2f}"
        )
    spreads = [max(r[i] for r in rows) - min(r[i] for r in rows) for i in (0, 1)]
    print(f"spread: RMS {spreads[0]:.2f} dB, LUFS {spreads[1]:.2f} LU")
    fine = all(-23 <= r[0] <= -18 and r[2] <= -3 and _DIGITAL_SILENCE_DB < r[3] <= -60 for r in rows)
    return 0 if fine and max(spreads) <= 1 else 1


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "output")))
