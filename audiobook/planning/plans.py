"""What a story will become: the clips it needs and the tracks they make."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from audiobook.audio import CODECS, Encoder, Spacing
from audiobook.casting import StorySettings
from audiobook.choices import FORMATS
from audiobook.model import CREDITS, Cast, Script, ScriptChapter, Utterance
from audiobook.planning.chapters import WHOLE, Scope, keep_chapters
from audiobook.planning.clip_specs import ClipSpec, deliver_by, specify_clips
from audiobook.planning.covers import wish_cover
from audiobook.planning.pronouncing import make_pronouncer
from audiobook.planning.records import Makers, write_record
from audiobook.planning.samples import LONGEST_S, SAMPLE, choose_sample
from audiobook.planning.scenes import mark_scenes
from audiobook.planning.scripting import PlanScript, is_overruled, plan_script, settings_spacing
from audiobook.planning.tagging import tag_track
from audiobook.project.layout import (
    ELSEWHERE,
    FROM_TEXTS,
    Project,
    is_from_texts,
    story_folder,
)
from audiobook.project.places import place_book
from audiobook.project.versions import name_engines
from audiobook.publishing import CoverWish, Tags, identify_cover, safe_file_name


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackPlan:
    """A file to be made, of the book's chapter of this number or a part of it, in one of `CODECS`.

    `makers` names what speaks it, as `Makers` does.  With `longest_s`, utterances at its end that would make
    it longer are left out.
    `record` tells what it is made from (`records.py`); `fingerprint` changes exactly when its bytes would.
    """

    path: Path
    codec: str
    chapter: int
    utterances: tuple[Utterance, ...]
    specs: tuple[ClipSpec, ...]
    spacing: Spacing
    tags: Tags
    origin: str
    record: str = ""
    fingerprint: str = ""
    cover: CoverWish | None = None
    longest_s: float | None = None
    makers: tuple[str, ...] = ()

    @property
    def is_part(self) -> bool:
        """Whether it is no format of its own, but made for a whole-book file."""
        return bool(self.codec) and self.codec not in FORMATS


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryPlan:
    """A story on its way: from the script to the files it becomes.

    `is_overruled`: an option of this run gives it other files than its settings would.
    """

    script: Script
    cast: Cast
    folder: Path
    cover: CoverWish
    tracks: tuple[TrackPlan, ...]
    warnings: tuple[str, ...] = ()
    is_overruled: bool = False

    @property
    def chapters(self) -> tuple[TrackPlan, ...]:
        """Each of its tracks once, whatever they are encoded as."""
        return tuple(track for track in self.tracks if track.codec == self.tracks[0].codec)

    @property
    def name(self) -> str:
        """The story's name, which is its file's without the ending."""
        return self.script.book.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """What tracks are encoded by, and as: those of a codec that is no format of its own lie in `parts`."""

    encoder: Encoder
    codecs: Sequence[str] = ("mp3",)
    parts: Path = Path()


def plan_story(
    path: Path,
    settings: StorySettings,
    *,
    project: Project,
    encoding: Encoding,
    scope: Scope = WHOLE,
    reads: PlanScript = plan_script,
    folder: Path | None = None,
) -> StoryPlan:
    """Plan a story's tracks without starting an engine or the encoder.  Raises as `plan_script`.

    They shall lie in its place by the layout that is set, or in `folder`, where they lie still.  They are
    planned once for each codec.  Where only some of a book's chapters are in `scope`, each is the same file
    as in a run for them all.
    """
    script, cast = reads(path, settings, preview=scope.preview, wish=scope.reading)
    pronouncer = make_pronouncer(settings, script)
    is_local = is_from_texts(project, path)
    overruled = is_local and is_overruled(path, settings, scope.reading, script.book)
    cover, cover_warnings = wish_cover(path, script.book)
    spacing, codecs = settings_spacing(settings), encoding.codecs
    folder = folder or place_book(project.output, settings.layout, script.book)
    stems = track_stems(folder, script)
    if scope.preview is not None:
        stems = [project.previews / f"{story_folder(script.book.name)} - {stem.name}" for stem in stems]
    tracks: list[TrackPlan] = []
    for draft in _draft_files(stems, script, cast, spacing, codecs, cover=identify_cover(cover)):
        chapter = draft.chapter
        if scope.chapters is not None and not scope.chapters.holds(chapter.number):
            continue
        first = TrackPlan(
            path=draft.path,
            codec="",
            chapter=chapter.number,
            utterances=chapter.utterances,
            specs=specify_clips(chapter.utterances, cast, pronouncer, deliver_by(settings)),
            spacing=spacing,
            tags=draft.tags,
            origin=FROM_TEXTS if is_local and not overruled else ELSEWHERE,
            cover=cover,
            longest_s=draft.longest_s,
        )
        tracks += _plan_codecs(first, draft.codecs, encoding)
    return StoryPlan(
        script=keep_chapters(script, scope.chapters),
        cast=cast,
        folder=folder,
        cover=cover,
        tracks=tuple(sorted(tracks, key=lambda track: codecs.index(track.codec))),
        warnings=(*cover_warnings, *pronouncer.warnings(str(project.voices))),
        is_overruled=overruled,
    )


def _plan_codecs(first: TrackPlan, codecs: Sequence[str], encoding: Encoding) -> list[TrackPlan]:
    """Complete a plan for each codec."""
    engines = name_engines({spec.voice for spec in first.specs})
    first = replace(first, makers=tuple(engines))
    planned = []
    for codec in codecs:
        makers = Makers(encoder=encoding.encoder.version_for(codec), engines=engines)
        if codec in FORMATS:
            planned.append(plan_file(first, codec, makers))
        else:
            planned.append(_plan_part(encoding.parts, first, codec, makers))
    return planned


_UNTAGGED = Tags(title="", album="", author=None, voices=(), number=0, count=0, language="", text="")


def _plan_part(parts: Path, track: TrackPlan, codec: str, makers: Makers) -> TrackPlan:
    """Plan a file that is no format of its own: it lies among the clips, under its fingerprint.

    It holds no tags, so that it stays the same when only they change; its plan keeps them for the book's.
    """
    part = plan_file(replace(track, tags=_UNTAGGED, cover=None), codec, makers)
    path = parts / part.fingerprint[:2] / f"{part.fingerprint}{part.path.suffix}"
    return replace(part, path=path, tags=track.tags)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """What a file will hold, before it is known how it sounds; the path has no ending yet."""

    path: Path
    chapter: ScriptChapter
    tags: Tags
    codecs: Sequence[str]
    longest_s: float | None = None


def _draft_files(
    stems: Sequence[Path], script: Script, cast: Cast, spacing: Spacing, codecs: Sequence[str], *, cover: str
) -> list[_Draft]:
    """List the files of a book: its chapters', and the sample where it is among the `codecs`."""
    chapters = [chapter for chapter in script.chapters if chapter.utterances]
    scenes = mark_scenes(chapters, cast, spacing)
    own = [codec for codec in codecs if codec != SAMPLE]
    count = len(chapters)
    drafts = []
    for number, (stem, chapter, marks) in enumerate(zip(stems, chapters, scenes, strict=True), 1):
        tags = tag_track(script, cast, chapter, number=number, count=count, cover=cover, scenes=marks)
        drafts.append(_Draft(path=stem, chapter=chapter, tags=tags, codecs=own))
    if SAMPLE in codecs:
        sample = ScriptChapter(
            number=CREDITS,
            title=f"{script.book.title} (sample)",
            utterances=choose_sample(script, cast, spacing),
        )
        tags = tag_track(script, cast, sample, number=1, count=1, cover=cover, scenes=())
        path = stems[0].with_name(SAMPLE)
        drafts.append(_Draft(path=path, chapter=sample, tags=tags, codecs=[SAMPLE], longest_s=LONGEST_S))
    return drafts


def plan_file(track: TrackPlan, codec: str, makers: Makers) -> TrackPlan:
    """Complete a plan that lacks codec, record and fingerprint, and whose path lacks its ending.

    Everything that decides the file's bytes goes into its fingerprint.
    """
    record = write_record(
        track.utterances, track.specs, track.spacing, track.tags, origin=track.origin, makers=makers
    )
    parts: list[object] = [record, asdict(track.tags), [spec.key for spec in track.specs]]
    if track.longest_s is not None:
        parts.append(track.longest_s)
    return replace(
        track,
        path=track.path.with_name(f"{track.path.name}{CODECS[codec].suffix}"),
        codec=codec,
        record=record,
        fingerprint=hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest(),
    )


def track_paths(folder: Path, script: Script, codecs: Sequence[str] = ("mp3",)) -> list[Path]:
    """Name the files of a script's chapters in a folder, in order; chapters without words have none."""
    stems = track_stems(folder, script)
    paths = [
        stem.with_name(f"{stem.name}{CODECS[c].suffix}") for c in codecs if c != SAMPLE for stem in stems
    ]
    if SAMPLE in codecs and stems:
        paths.append(stems[0].with_name(f"{SAMPLE}{CODECS[SAMPLE].suffix}"))
    return paths


def track_stems(folder: Path, script: Script) -> list[Path]:
    """Name those files without their ending."""
    titles = [chapter.title for chapter in script.chapters if chapter.utterances]
    digits = max(2, len(str(len(titles))))
    names = [safe_file_name(f"{number:0{digits}d} - {title}") for number, title in enumerate(titles, 1)]
    return [folder / name for name in names]
