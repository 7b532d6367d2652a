"""Get a published file from the first of its sources that has it, and prove that it is the one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from audiobook.engines.neural.fetching import (
    FROM_FILE,
    FileSource,
    PublishedFile,
    Tell,
    UnreachableError,
    check_room,
)
from audiobook.errors import EngineError

Note = Callable[[str], None]
"""Is told a sentence for the person who waits."""


def obtain_files(
    files: Sequence[PublishedFile], folder: Path, tell: Tell, note: Note
) -> tuple[list[Path], str]:
    """Get each file into `folder`; return their paths, and the address that the first one came from.

    A file that is there already, whole, is taken as it is, and one of which a part is there is gone on with.
    Raises `EngineError`, with a line for each source, where none of them has a file, and `StorageError`,
    also where there is no room for what is still to come and for the model that is then made of all.
    """
    folder.mkdir(parents=True, exist_ok=True)
    unreachable: set[str] = set()
    paths, addresses = [], []
    for file in files:
        part = folder / f"{file.name}.part"
        if part.exists() and file.is_like(part):
            tell(file.name, file.size, file.size)
            addresses.append(file.sources[0].address)
        else:
            there = sum(path.stat().st_size for path in folder.glob("*.part"))
            needed = 2 * sum(file.size for file in files) - there
            addresses.append(_obtain(file, part, unreachable, tell, note, needed=needed))
        paths.append(part)
    return paths, addresses[0]


def _obtain(
    file: PublishedFile, part: Path, unreachable: set[str], tell: Tell, note: Note, *, needed: int
) -> str:
    """Get one file from the first source that has it; return the source's address."""
    faults = []
    for source in file.sources:
        host = urlsplit(source.address).netloc or source.address
        if host in unreachable:
            faults.append(f"{source.address}: can't be reached")
            continue
        try:
            check_room(part.parent, source, needed)
            source.fetch(file, part, _announcing(source, tell, note))
            _check(file, part, source)
        except EngineError as error:
            faults.append(str(error))
            if isinstance(error, UnreachableError):
                unreachable.add(host)
            if source is not file.sources[-1]:
                note(f"{error}; trying the next place")
        else:
            return source.address
    has_begun = part.exists() and part.stat().st_size > 0
    hint = "; the next try goes on where this one stopped" if has_begun else FROM_FILE
    if len(faults) == 1:
        raise EngineError(f"{faults[0]}{hint}")
    lines = "".join(f"\n  {fault}" for fault in faults)
    raise EngineError(f"{file.name}: none of its {len(faults)} sources has it:{lines}\n{hint[2:]}")


def _check(file: PublishedFile, part: Path, source: FileSource) -> None:
    size = part.stat().st_size
    if file.is_like(part):
        return
    part.unlink()
    raise EngineError(
        f"{source.address}: its {file.name} is not the file that was published: {size:,} bytes of "
        f"{file.size:,}"
        + (f", another {file.algorithm.upper()} than {file.digest}" if size == file.size else "")
        + "; nothing of it was kept"
    )


def _announcing(source: FileSource, tell: Tell, note: Note) -> Tell:
    """Have it said once where a file comes from, as soon as some of it does."""
    is_said = False

    def show(name: str, have: int, size: int) -> None:
        nonlocal is_said
        if not is_said:
            is_said = True
            there = f", {have / 1e6:.1f} MB of it are there" if have else ""
            note(f"{name}: {size / 1e6:.1f} MB from {source.address}{there}")
        tell(name, have, size)

    return show
