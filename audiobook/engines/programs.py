"""Run another program once, within a time limit, and leave nothing of it behind.

It runs in a process group of its own, in an empty folder, without a terminal and with next to no
environment; what it reads and writes are files, so that it can't wait for anybody.  Workers are killed, not
asked to end, when somebody presses Ctrl-C: then `program_guard.py` ends what they had started.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from audiobook.engines import program_guard

_KEPT_VARIABLES = (
    "PATH",
    "HOME",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "SYSTEMROOT",
    "APPDATA",
    "USERPROFILE",
)
"""What a program may need to find its parts; a locale, say, must not change how a text is read."""

_LOOK_S = 0.25
"""How often the files of a running program are measured, and an interruption is looked for."""


class ProgramFailure(Exception):  # noqa: N818 - always caught by an adapter; no error of narrate's own
    """The program could not be started, failed, wrote too much or took too long; the message says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a program may take: seconds, and bytes of any one file."""

    seconds: float
    file_bytes: int


def run_program(command: Sequence[str], folder: Path, stdin: bytes, limits: Limits) -> bytes:
    """Run a program in the folder `work` of `folder`, and return what it wrote to its standard output.

    Raises `ProgramFailure`, with the last line that it wrote to standard error where it failed.
    """
    # In a thread, where no interruption comes: one in the midst of starting or ending a process would leave
    # it to nobody.
    stop = threading.Event()
    came: list[bytes | Exception] = []

    def run() -> None:
        try:
            came.append(_run(command, folder, stdin, limits, stop))
        except Exception as error:  # raised below, for the caller
            came.append(error)

    thread = threading.Thread(target=run)
    try:
        thread.start()
        thread.join()
    finally:
        stop.set()
        if thread.ident is not None:
            thread.join()
    if isinstance(result := came[0], Exception):
        raise result
    return result


def _run(command: Sequence[str], folder: Path, stdin: bytes, limits: Limits, stop: threading.Event) -> bytes:
    work = folder / "work"
    given, stdout, stderr = (folder / name for name in ("stdin", "stdout", "stderr"))
    given.write_bytes(stdin)
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    with (
        _guarding(folder) as guard,
        given.open("rb") as source,
        stdout.open("wb") as out,
        stderr.open("wb") as errors,
    ):
        try:
            process = subprocess.Popen(
                command,
                cwd=work,
                env={**kept, "TMPDIR": str(work), "TEMP": str(work), "LC_ALL": "C.UTF-8"},
                stdin=source if stdin else subprocess.DEVNULL,
                stdout=out,
                stderr=errors,
                start_new_session=True,  # the terminal's Ctrl-C does not reach it; one signal ends the group
            )
        except (OSError, ValueError) as error:
            raise ProgramFailure(f"can't be started: {error}") from error
        try:
            _tell(guard, process.pid)
            _bound(process, limits)
            _wait(process, [work, stdout, stderr], limits, stop)
        finally:
            _end(process, guard)
    if process.returncode != 0:
        raise ProgramFailure(_describe(process.returncode, stderr))
    return stdout.read_bytes()


@contextlib.contextmanager
def _guarding(folder: Path) -> Iterator[subprocess.Popen[bytes] | None]:
    """Have a process wait for the end of this one, to end a program and remove its folder then.

    It takes 10 ms of a processor, beside the program; None where there are no process groups.
    """
    if sys.platform == "win32":
        yield None
        return
    command = [sys.executable, "-I", "-S", program_guard.__file__, str(folder)]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        bufsize=0,
    ) as guard:
        try:
            yield guard
        finally:
            guard.kill()


def _tell(guard: subprocess.Popen[bytes] | None, group: int) -> None:
    if guard is not None and guard.stdin is not None:
        with contextlib.suppress(BrokenPipeError):  # somebody has killed it: the program speaks without
            guard.stdin.write(str(group).encode())


def _bound(process: subprocess.Popen[bytes], limits: Limits) -> None:
    """Let the system end the program, should nobody be left to do it."""
    if sys.platform == "linux":
        import resource

        seconds = int(limits.seconds) + 2
        with contextlib.suppress(OSError, ValueError):
            resource.prlimit(process.pid, resource.RLIMIT_CPU, (seconds, seconds))
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (limits.file_bytes, limits.file_bytes))
            resource.prlimit(process.pid, resource.RLIMIT_CORE, (0, 0))


def _wait(
    process: subprocess.Popen[bytes], written: Sequence[Path], limits: Limits, stop: threading.Event
) -> None:
    """Wait for the end of a program.  Raises `ProgramFailure` where it takes too long or writes too much."""
    deadline = time.monotonic() + limits.seconds
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            raise ProgramFailure(f"did not end within {limits.seconds:.0f} s and was stopped")
        if _has_ended(process, min(left, _LOOK_S)):
            return
        if stop.is_set():
            raise ProgramFailure("was interrupted")
        if any(_size(path) > limits.file_bytes for path in written):
            raise ProgramFailure(f"wrote more than {limits.file_bytes / 1e6:.0f} MB and was stopped")


def _has_ended(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Wait so long for the end of a program; on POSIX without reaping it, so that it keeps its number."""
    if sys.platform == "linux" and hasattr(os, "pidfd_open"):
        with contextlib.suppress(OSError):
            descriptor = os.pidfd_open(process.pid)
            try:
                poll = select.poll()
                poll.register(descriptor, select.POLLIN)
                return bool(poll.poll(seconds * 1000))
            finally:
                os.close(descriptor)
    if sys.platform == "win32" or not hasattr(os, "waitid"):
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
        return process.returncode is not None
    end = time.monotonic() + seconds
    while os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None:
        if time.monotonic() > end:
            return False
        time.sleep(0.005)
    return True


def _end(process: subprocess.Popen[bytes], guard: subprocess.Popen[bytes] | None) -> None:
    """End a program and what it left running, while its number can't be another's yet; so too its guard."""
    if process.returncode is None:
        _kill_group(process)
        if guard is not None:
            guard.kill()
            guard.wait()
        process.wait()


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        process.kill()
        return
    # macOS: EPERM for a group of zombies.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _size(path: Path) -> int:
    with contextlib.suppress(OSError):
        if path.is_dir():
            return sum(_size(each) for each in path.iterdir())
        return path.stat().st_size
    return 0


def _describe(status: int, stderr: Path) -> str:
    with stderr.open("rb") as file:
        file.seek(max(0, stderr.stat().st_size - 2000))
        lines = file.read().decode("utf-8", "replace").split("\n")
    said = [" ".join(line.split()) for line in lines if line.strip()]
    last = "".join(char for char in said[-1] if char.isprintable())[:200] if said else ""
    ended = f"was ended by signal {-status}" if status < 0 else f"failed with status {status}"
    return f"{ended}: {last}" if last else f"{ended} and said nothing"
