"""Small finished audiobooks: real MP3s of some seconds of silence, with the values that describe them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from audiobook.audio import encode, find_encoder
from audiobook.model import NARRATOR, Book, Cast, Cue, Image, Release, Role, Track, Utterance, Voice
from audiobook.publishing import read_seconds

BOOK = Book(
    name="seas",
    source="seas.epub",
    text="",
    title="Storms & <Seas>",
    author="Ann Lee; Bo Day",
    language="en-GB",
    year="2019",
    description='A "tale" of <storms> & seas.',
    publisher="Sea Press",
    chapters=(),
)
COVER = Image(data=b"\xff\xd8 a picture \xff\xd9", media_type="image/jpeg")


def make_release(
    folder: Path, titles: Sequence[str] = ("One: a & b", "Two"), book: Book = BOOK, words: str = "Words"
) -> Release:
    """Return a release of a track for each title, of a second and some milliseconds more each."""
    folder.mkdir(parents=True, exist_ok=True)
    tracks = []
    for number, title in enumerate(titles, 1):
        path = folder / f"{number:02d} - Ch#pter {number}%.mp3"
        samples = bytes(2 * (22_050 + 333 * number))
        encode([samples], path, codec="mp3", sample_rate=22_050, filters="anull", encoder=find_encoder())
        spoken = Utterance(
            paragraph=1, start=0, end=5, kind="narration", speaker=NARRATOR, text=f"{words} {number}."
        )
        seconds = read_seconds(path)
        cues = (Cue(utterance=spoken, start_s=0.1, end_s=0.9),)
        tracks.append(Track(path=str(path), title=title, chapter=number, seconds=seconds, cues=cues))
    role = Role(speaker=NARRATOR, voice=Voice(engine="tone", id="tone-low"), why="")
    return Release(
        book=book,
        cast=Cast(roles=(role,)),
        tracks=tuple(tracks),
        voices=("tone-low", "tone-high"),
        cover=COVER,
    )
