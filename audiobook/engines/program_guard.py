"""What runs beside a program (`programs.py`), to end it should nobody be left to do so.

The process that has started the program holds the other end of this one's standard input. Where it is killed,
even in a way that nothing can be done about, that end closes. It imports nothing of narrate, since it is
run as a file.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys


def main(folder: str) -> None:
    """Read the number of a process group until the end; then kill that group and remove the folder."""
    if sys.platform == "win32":  # there are no groups, and so no guard
        return
    group = sys.stdin.buffer.read()
    if group:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(int(group), signal.SIGKILL)
    import shutil  # only now: mostly this process is ended before it comes here

    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1])
