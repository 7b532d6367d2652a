"""What was made of a story, to take away: one file, or several in a ZIP that is written as it is sent."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import Route

from audiobook.errors import NarrateError, StorageError
from audiobook.planning.editions import story_paths
from audiobook.project.places import find_folder
from audiobook.publishing import safe_file_name
from audiobook.studio.answers import StudioError, answer
from audiobook.studio.desk import Desk

_CHUNK = 1 << 18
"""Bytes that are read at a time: what a download takes of memory, however large it is."""

_KINDS: Mapping[str, str] = {
    ".mp3": "audio/mpeg",
    ".opus": "audio/ogg",
    ".flac": "audio/flac",
    ".m4b": "audio/mp4",
    ".epub": "application/epub+zip",
    ".lpf": "application/lpf+zip",
    ".vtt": "text/vtt",
    ".srt": "application/x-subrip",
    ".lrc": "text/plain",
    ".json": "application/json",
    ".m3u8": "application/vnd.apple.mpegurl",
    ".xml": "application/rss+xml",
    ".jpg": "image/jpeg",
}
"""Of all that is made of a story, by the endings of the files' names."""

_NAMED: Mapping[str, str] = {
    "sample.mp3": "sample",
    "playlist.m3u8": "playlist",
    "feed.xml": "podcast",
    "feed.jpg": "podcast",
}
"""What files are that have one name; of any other its ending says it."""

_WORDS = ".words.json"
_ENDINGS = _KINDS.keys() - {Path(name).suffix for name in _NAMED} - {Path(_WORDS).suffix} | {".mp3"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeFile:
    """A file; `is_left` where a chapter or title that is no more had this name."""

    name: str
    format: str
    bytes: int
    is_left: bool


class Downloads:
    """Answers with files that were made.  Threads may share it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[Route]:
        """List the addresses."""
        story = "/api/stories/{name}"
        return [
            Route(f"{story}/files", self.files),
            Route(f"{story}/files/{{file}}", self.file),
            Route(f"{story}/zip", self.zip),
        ]

    def files(self, request: Request) -> Response:
        """Answer with a list of what was made of a story."""
        folder, files = self._list(request.path_params["name"])
        return answer({"folder": str(folder), "files": [asdict(file) for file in files]})

    def file(self, request: Request) -> Response:
        """Answer with a file to keep."""
        folder, files = self._list(request.path_params["name"])
        name = request.path_params["file"]
        if name not in {file.name for file in files}:
            raise StudioError(404, f"{folder} has no file {name[:80]!r}.")
        path = folder / name
        try:
            status = path.stat()
        except OSError as error:
            raise StudioError(404, f"{name} is there no more.") from error
        return FileResponse(path, media_type=_KINDS[path.suffix], filename=name, stat_result=status)

    def zip(self, request: Request) -> Response:
        """Answer with the files in a ZIP, those of one `format` or all but what is left over."""
        name, wanted = request.path_params["name"], request.query_params.get("format")
        folder, files = self._list(name)
        chosen = [file.name for file in files if not file.is_left and wanted in {None, file.format}]
        if not chosen:
            kind = f" as {wanted[:40]!r}" if wanted else ""
            raise StudioError(404, f"Nothing is made of {name[:80]}{kind}.")
        title = self._find_title(name)
        sent = quote(f"{title} ({wanted}).zip" if wanted else f"{title}.zip", safe="")
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{sent}"}
        body = write_zip([folder / each for each in chosen], title)
        return StreamingResponse(body, media_type="application/zip", headers=headers)

    def _list(self, name: str) -> tuple[Path, Sequence[MadeFile]]:
        """List a story's files in the order of their names."""
        name = self._desk.find(name).name
        folder = find_folder(self._desk.project, name)
        try:
            paths = sorted(path for path in folder.iterdir() if _is_made(path))
            sizes = [path.stat().st_size for path in paths]
        except FileNotFoundError:
            return folder, ()
        except OSError as error:
            raise StorageError(f"{folder}: can't be read: {error.strerror}") from error
        stems = self._expect(name, folder)
        return folder, [
            MadeFile(
                name=path.name,
                format=_name_format(path),
                bytes=size,
                is_left=stems is not None
                and path.name not in _NAMED
                and path.name.removesuffix(_WORDS) not in stems
                and path.stem not in stems,
            )
            for path, size in zip(paths, sizes, strict=True)
        ]

    def _expect(self, name: str, folder: Path) -> set[str] | None:
        """Return what the files of the story as it is now are called; None where that can't be known."""
        try:
            story = self._desk.open(name)
            return {path.stem for path in story_paths(folder, story.script, story.settings.formats)}
        except NarrateError:
            return None

    def _find_title(self, name: str) -> str:
        try:
            return safe_file_name(self._desk.open(name).script.book.title)
        except NarrateError:
            return safe_file_name(name)


def _is_made(path: Path) -> bool:
    is_named = path.name in _NAMED or path.suffix in _ENDINGS or path.name.endswith(_WORDS)
    return is_named and path.is_file()


def _name_format(path: Path) -> str:
    return "words" if path.name.endswith(_WORDS) else _NAMED.get(path.name, path.suffix[1:])


class _Outlet:
    """A file that can be written to and no more; what was written is taken out of it."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._written.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass

    def take(self) -> bytes:
        data = b"".join(self._written)
        self._written.clear()
        return data


def write_zip(paths: Sequence[Path], folder: str) -> Iterator[bytes]:
    """Yield the bytes of a ZIP that holds these files in a folder, as they are: sound doesn't get smaller.

    (zipfile gives what can't be rewound the lengths behind each file: APPNOTE 4.4.4, bit 3.)
    """
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w", strict_timestamps=False) as archive:
        for path in paths:
            info = zipfile.ZipInfo.from_file(path, f"{folder}/{path.name}", strict_timestamps=False)
            with path.open("rb") as source, archive.open(info, "w") as target:
                while data := source.read(_CHUNK):
                    target.write(data)
                    yield outlet.take()
    yield outlet.take()
