"""Which programs may be started because a voices.yaml names them: those that the user has allowed.

The list is a file of this user on this machine, one real path a line, that `narrate allow` writes.
Where it lies is looked up in the system's accounts, not in `HOME` or `XDG_CONFIG_HOME`: a variable that
a project sets must not be able to bring a list of its own.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from audiobook.errors import EngineError, StorageError
from audiobook.files import write_whole

_FILE = "allowed-programs.txt"

_RUNS_ANYTHING = re.compile(
    r"(ba|da|z|fi|k|c|tc|a)?sh|env|busybox|toybox|(py|pypy|python|perl|ruby|node|nodejs|php|lua|luajit|tclsh|wish|"
    r"guile|java|deno|bun|Rscript|irb|ipython)[\d.]*|[gmn]?awk|sed|make|xargs|find|parallel|ssh|sudo|doas|su|"
    r"nohup|nice|ionice|taskset|chrt|timeout|time|watch|flock|setsid|setpriv|stdbuf|unbuffer|script|expect|"
    r"strace|ltrace|gdb|chroot|unshare|nsenter|bwrap|firejail|fakeroot|pkexec|runuser|xvfb-run|screen|tmux|"
    r"vim?|nvim|emacs|ed|git|tar|zip|rsync|curl|wget|tee|dd|cp|mv|ln|install|crontab|at|batch|docker|podman|"
    r"systemd-run|snap|flatpak|npx|npm|uvx?|pipx?[\d.]*|wine(64)?|mono|dotnet|ld-.*\.so[\d.]*|"
    r"festival|text2wave|sox|play|rec|gnuplot|octave|R|sqlite3|mpv|"
    r"osascript|cmd|pwsh|powershell|wscript|cscript|mshta|rundll32|wsl",
    re.IGNORECASE,
)
"""Programs whose arguments can be a program, or make one of any file: shells, interpreters, what starts
others (https://gtfobins.github.io lists most of these).  Of those that sound, festival and text2wave are
interpreters (`(system "…")`), and sox, by its other names too, reads "|program" as a file.
No list can be whole: it is a warning, and what is allowed stays the user's choice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """A program that is about to be allowed: its real path, and what to know before."""

    program: Path
    warnings: tuple[str, ...] = ()
    runs_anything: bool = False


def list_path() -> Path:
    """Return where the list of allowed programs lies for the user whose process this is.

    Raises `EngineError` where the system knows no home folder of theirs.
    """
    if sys.platform == "win32":
        import platformdirs

        return platformdirs.user_config_path("narrate", appauthor=False) / _FILE
    import pwd

    try:
        home = Path(pwd.getpwuid(os.getuid()).pw_dir)
    except KeyError as error:
        raise EngineError(
            f"user {os.getuid()} has no home folder in this system's accounts, so no program can be allowed"
        ) from error
    folder = home / ("Library/Application Support" if sys.platform == "darwin" else ".config")
    return folder / "narrate" / _FILE


def find_program(name: str) -> Path | None:
    """Return the real path of a program: a whole path, or a name that `PATH` leads to; None for none.

    Only whole paths in `PATH` count: `.` or an empty entry would lead into whatever folder one is in.
    """
    if os.sep in name or (os.altsep and os.altsep in name):
        found = shutil.which(name) if Path(name).is_absolute() else None
    else:
        folders = [folder for folder in os.get_exec_path() if Path(folder).is_absolute()]
        found = next((path for folder in folders if (path := shutil.which(str(Path(folder) / name)))), None)
    return None if found is None else Path(os.path.realpath(found))


def consider(name: str, folder: Path) -> Allowance:
    """Return what allowing a program would mean; `name` may be a path from `folder`, the current one.

    Raises `EngineError` where there is no such program, or where `PATH` alone leads into the folder.
    """
    is_path = os.sep in name or bool(os.altsep and os.altsep in name)
    program = find_program(str(folder / name) if is_path else name)
    if program is None:
        raise EngineError(f"{name}: there is no such program; install it, or give its path")
    if "\n" in str(program) or "\r" in str(program):
        raise EngineError(f"{name}: a path with a line end can't be allowed")
    is_inside = program.is_relative_to(os.path.realpath(folder))
    if is_inside and not is_path:
        raise EngineError(
            f"{name}: PATH leads to {program}, in the current folder; if you mean that one, give its path"
        )
    warnings = []
    if is_inside:
        warnings.append("it lies in the current folder: whoever changes that changes what is run")
    runs_anything = any(
        _RUNS_ANYTHING.fullmatch(Path(each).name.removesuffix(".exe")) for each in (name, str(program))
    )
    if runs_anything:
        warnings.append(
            "it runs whatever its arguments say: with it, any voices.yaml can do anything that you can"
        )
    return Allowance(program=program, warnings=tuple(warnings), runs_anything=runs_anything)


def read_allowed(path: Path | None = None) -> tuple[Path, ...]:
    """Return the allowed programs, in the list's order; none where there is no list.

    Raises `StorageError` where the list can't be read.
    """
    path = path or list_path()
    try:
        lines = path.read_text(encoding="utf-8", errors="surrogateescape").split("\n")
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise StorageError(f"{path}: can't be read: {error.strerror}") from error
    return tuple(Path(line) for line in dict.fromkeys(lines) if line and Path(line).is_absolute())


def write_allowed(programs: tuple[Path, ...], path: Path | None = None) -> None:
    """Replace the list in one step; only its user may read or change it.  Raises `StorageError`."""
    path = path or list_path()
    text = "".join(f"{program}\n" for program in programs)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(path, text.encode(errors="surrogateescape"), mode=0o600)
    except OSError as error:
        raise StorageError(f"{path}: can't be written: {error.strerror}") from error


def find_objection(name: str, path: Path | None = None) -> str | None:
    """Return None where the program called `name` may be started, else why not and what to do.

    The answer completes the sentence "expected …", as `Engine.find_fault`.
    """
    if (os.sep in name or (os.altsep and os.altsep in name)) and not Path(name).is_absolute():
        return (
            f"a program's name or its whole path, got '{name}', which another folder would turn into another"
        )
    program = find_program(name)
    if program is None:
        return f"a program that is installed, got '{name}', which is nowhere in PATH: install it"
    if program not in read_allowed(path):
        return (
            f"a program that may be started here, got '{name}' ({program}), which nobody has allowed: "
            f"if you trust it, type: narrate allow {shlex.quote(name)}"
        )
    return None
