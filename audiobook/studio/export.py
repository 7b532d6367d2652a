"""The player without a server: a folder that opens from disk, or from any web host.

A page from disk may neither load modules nor fetch, so its data are a script that sets one name, and its
program is the studio's own modules in one script (`bundle.py`).
"""

from __future__ import annotations

import html
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template
from urllib.parse import quote, unquote

from audiobook import __version__
from audiobook.audio import find_encoder
from audiobook.caching.clips import ClipCache
from audiobook.caching.waveforms import draw_waveform, find_waveform
from audiobook.errors import SourceError, StorageError
from audiobook.model import Cast, Script
from audiobook.planning.covers import wish_cover
from audiobook.planning.stories import script_and_cast
from audiobook.project.layout import Project, find_story
from audiobook.project.places import find_folder
from audiobook.project.settings import read_settings
from audiobook.publishing import make_thumbnail
from audiobook.studio.bundle import bundle_modules
from audiobook.studio.colours import colour_speakers
from audiobook.studio.finished_tracks import FinishedTrack, list_finished
from audiobook.studio.timeline import show_track

FOLDER = "player"
"""Under the story's own in `output/`, where nothing else is asked for."""

_HERE = files("audiobook.studio")
_ENTRY = "player/exported.js"
_STYLES = ("colours", "base", "script", "player")
_DATA = "book.js"
_NAME = "globalThis.narrateBook = "
_AUDIO = "audio"
_COVER_SIDE = 960
"""Pixels: what the page shows at 160 and others (a share's preview) at more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedPlayer:
    """A player's folder, the page to open, and how many files and bytes it holds."""

    folder: Path
    page: Path
    files: int
    size_bytes: int


def export_player(
    project: Project, name: str, folder: Path | None = None, *, cache_folder: Path
) -> ExportedPlayer:
    """Write the player of a finished story into a folder: a new one, an empty one, or an earlier player's.

    Raises `SourceError` where the story is not made, `StorageError` where the folder holds other things.
    """
    source = find_story(project, name)
    script, cast = script_and_cast(project, name)
    cache = ClipCache(cache_folder / "clips")
    finished = _list_all_finished(project, script, name, cache)
    folder = folder or find_folder(project, source.stem) / FOLDER
    earlier = _look_at(folder)
    sounds = {f"{Path(each.track.path).name}": Path(each.track.path) for each in finished}
    cover = make_thumbnail(wish_cover(source, script.book)[0], _COVER_SIDE).data
    book = _show_book(project, script, cast, finished, cache)
    try:
        (folder / _AUDIO).mkdir(parents=True, exist_ok=True)
        for gone in earlier - sounds.keys():
            (folder / _AUDIO / gone).unlink(missing_ok=True)
        for title, path in sounds.items():
            shutil.copyfile(path, folder / _AUDIO / title)
        written = {**_page_files(script), _DATA: _write_data(book), "cover.jpg": cover}
        for file, data in written.items():
            (folder / file).write_bytes(data)
        paths = [*(folder / file for file in written), *(folder / _AUDIO / title for title in sounds)]
        size = sum(path.stat().st_size for path in paths)
    except OSError as error:
        raise StorageError(f"{error.filename or folder}: can't be written: {error.strerror}") from error
    return ExportedPlayer(folder=folder, page=folder / "index.html", files=len(paths), size_bytes=size)


def _list_all_finished(
    project: Project, script: Script, name: str, cache: ClipCache
) -> Sequence[FinishedTrack]:
    finished = list_finished(find_folder(project, script.book.name), script, cache)
    wanted = sum(1 for chapter in script.chapters if chapter.utterances)
    if len(finished) < wanted:
        there = f"only {len(finished)} of {wanted} MP3 files are there" if finished else "it is not made yet"
        raise SourceError(f"{name}: {there}; make it first: narrate {name} --format mp3")
    return finished


def _look_at(folder: Path) -> set[str]:
    """Return the names of an earlier player's sound files.  Raises `StorageError` for a folder of others'."""
    data = folder / _DATA
    try:
        if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
            return set()
        text = data.read_text(encoding="utf-8") if data.is_file() else ""
        if text.startswith(_NAME):
            tracks = json.loads(text.removeprefix(_NAME).rstrip(";\n"))["tracks"]
            return {Path(unquote(track["audio"])).name for track in tracks}
    except (ValueError, KeyError, TypeError):
        pass  # half of a player, or somebody's own file of this name
    except OSError as error:
        raise StorageError(f"{folder}: can't be read: {error.strerror}") from error
    raise StorageError(
        f"{folder}: holds other things than a player that narrate exported; name a new folder with --output"
    )


def _show_book(
    project: Project, script: Script, cast: Cast, finished: Sequence[FinishedTrack], cache: ClipCache
) -> Mapping[str, object]:
    """Return what the player is told; its sounds and cover are relative to the page."""
    encoder = find_encoder(read_settings(project).output.ffmpeg)
    colours = colour_speakers(script, cast)
    tracks = []
    for each in finished:
        path = Path(each.track.path)
        waveform = find_waveform(each.fingerprint, cache)
        waveform = waveform or draw_waveform(path, each.track.seconds, each.fingerprint, cache, encoder)
        tracks.append(show_track(each, waveform, colours, f"{_AUDIO}/{quote(path.name)}"))
    book = script.book
    return {
        "key": f"{book.name}: {book.title}",
        "title": book.title,
        "author": book.author,
        "language": book.language,
        "cover": "cover.jpg",
        "tracks": tracks,
    }


def _write_data(book: Mapping[str, object]) -> bytes:
    """Write the book as a script in ASCII, which no host's idea of encodings can spoil."""
    return f"{_NAME}{json.dumps(book, separators=(',', ':'))};\n".encode("ascii")


def _page_files(script: Script) -> Mapping[str, bytes]:
    page = _HERE / "page"
    words = {"title": script.book.title, "language": script.book.language, "version": __version__}
    index = Template((_HERE / "export.html").read_text(encoding="utf-8"))
    styles = [(page / "css" / f"{name}.css").read_text(encoding="utf-8") for name in _STYLES]
    program = bundle_modules(_ENTRY, lambda path: (page / "js" / path).read_text(encoding="utf-8"))
    texts = {
        "index.html": index.substitute({key: html.escape(value) for key, value in words.items()}),
        "player.css": "\n".join(styles),
        "player.js": program,
        "icon.svg": (page / "icon.svg").read_text(encoding="utf-8"),
    }
    return {name: text.encode("utf-8", "replace") for name, text in texts.items()}
