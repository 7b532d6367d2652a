"""What a story will become: the clips it needs and the tracks they make."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from audiobook.audio import CODECS, Encoder, Spacing
from audiobook.casting import StorySettings
from audiobook.model import CREDITS, FORMATS, Cast, Phonemes, Script, ScriptChapter, Utterance, Voice
from audiobook.production.chapters import ChapterChoice, keep_chapters
from audiobook.production.clips import clip_key
from audiobook.production.covers import wish_cover
from audiobook.production.project import (
    ELSEWHERE,
    FROM_TEXTS,
    Project,
    is_from_texts,
    story_folder,
)
from audiobook.production.pronouncing import Pronouncer, Transcribe, make_pronouncer
from audiobook.production.records import Makers, write_record
from audiobook.production.samples import LONGEST_S, SAMPLE, choose_sample
from audiobook.production.scenes import mark_scenes
from audiobook.production.scripting import PlanScript, is_overruled, plan_script, settings_spacing
from audiobook.production.tagging import tag_track
from audiobook.publishing import CoverWish, Tags, identify_cover, safe_file_name
from audiobook.reading import NO_WISH, ReadingWish


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipOrder:
    """A clip to be had: its key in the cache, and what to synthesize where the cache has none."""

    key: str
    text: str
    voice: Voice
    phonemes: tuple[Phonemes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackPlan:
    """A file to be made, of the book's chapter of this number or a part of it, in one of `CODECS`.

    With `longest_s`, utterances at its end that would make it longer are left out.
    `record` tells what it is made from (`records.py`); `fingerprint` changes exactly when its bytes would.
    """

    path: Path
    codec: str
    chapter: int
    utterances: tuple[Utterance, ...]
    orders: tuple[ClipOrder, ...]
    spacing: Spacing
    tags: Tags
    origin: str
    record: str = ""
    fingerprint: str = ""
    cover: CoverWish | None = None
    longest_s: float | None = None

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


def plan_story(
    path: Path,
    settings: StorySettings,
    *,
    project: Project,
    encoder: Encoder,
    engine_fingerprint: Callable[[str], str],
    transcribe: Transcribe,
    reads: PlanScript = plan_script,
    codecs: Sequence[str] = ("mp3",),
    parts: Path = Path(),
    preview: int | None = None,
    chosen: ChapterChoice | None = None,
    wish: ReadingWish = NO_WISH,
) -> StoryPlan:
    """Plan a story's tracks without starting an engine or the encoder.  Raises as `plan_script`.

    They are planned once for each of `codecs`; those of a codec that is no format of its own lie in
    the folder `parts`.  Of a book's chapters only the `chosen` are planned; each is the same file as in
    a run for them all.
    """
    script, cast = reads(path, settings, preview=preview, wish=wish)
    spacing = settings_spacing(settings)
    pronouncer = make_pronouncer(settings, transcribe, script)
    is_local = is_from_texts(project, path)
    overruled = is_local and is_overruled(path, settings, wish, script.book)
    origin = FROM_TEXTS if is_local and not overruled else ELSEWHERE
    cover, cover_warnings = wish_cover(path, script.book)
    tracks: list[TrackPlan] = []
    drafts = _draft_files(
        project, script, cast, spacing, codecs, preview=preview, cover=identify_cover(cover)
    )
    for draft in drafts:
        chapter = draft.chapter
        if chosen is not None and not chosen.holds(chapter.number):
            continue
        first = TrackPlan(
            path=draft.path,
            codec="",
            chapter=chapter.number,
            utterances=chapter.utterances,
            orders=order_clips(chapter.utterances, cast, pronouncer, engine_fingerprint),
            spacing=spacing,
            tags=draft.tags,
            origin=origin,
            cover=cover,
            longest_s=draft.longest_s,
        )
        tracks += _plan_codecs(first, draft.codecs, encoder, engine_fingerprint, parts)
    return StoryPlan(
        script=keep_chapters(script, chosen),
        cast=cast,
        cover=cover,
        tracks=tuple(sorted(tracks, key=lambda track: codecs.index(track.codec))),
        warnings=(*cover_warnings, *pronouncer.warnings(str(project.voices))),
        is_overruled=overruled,
    )


def _plan_codecs(
    first: TrackPlan,
    codecs: Sequence[str],
    encoder: Encoder,
    engine_fingerprint: Callable[[str], str],
    parts: Path,
) -> list[TrackPlan]:
    """Complete a plan for each codec."""
    engines = {name: engine_fingerprint(name) for name in {order.voice.engine for order in first.orders}}
    planned = []
    for codec in codecs:
        makers = Makers(encoder=encoder.version_for(codec), engines=engines)
        is_format = codec in FORMATS
        file = plan_file(first, codec, makers) if is_format else _plan_part(parts, first, codec, makers)
        planned.append(file)
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
    project: Project,
    script: Script,
    cast: Cast,
    spacing: Spacing,
    codecs: Sequence[str],
    *,
    preview: int | None,
    cover: str,
) -> list[_Draft]:
    """List the files of a book: its chapters', and the sample where it is among the `codecs`."""
    chapters = [chapter for chapter in script.chapters if chapter.utterances]
    stems = track_stems(project, script, preview=preview)
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


def order_clips(
    utterances: Sequence[Utterance],
    cast: Cast,
    pronouncer: Pronouncer,
    engine_fingerprint: Callable[[str], str],
) -> tuple[ClipOrder, ...]:
    """Say for each utterance what is to be synthesized, in which voice."""
    orders = []
    for place, utterance in enumerate(utterances, 1):
        following = utterances[place].start if place < len(utterances) else None
        voice = cast.voice_for(utterance)
        orders.append(order_clip(utterance, voice, pronouncer, engine_fingerprint, following))
    return tuple(orders)


def order_clip(
    utterance: Utterance,
    voice: Voice,
    pronouncer: Pronouncer,
    engine_fingerprint: Callable[[str], str],
    following: int | None,
) -> ClipOrder:
    """Say what is to be synthesized for one utterance; `following` is where the next one starts."""
    text, phonemes = pronouncer.spell(utterance, voice, following)
    key = clip_key(engine_fingerprint(voice.engine), voice, text, phonemes)
    return ClipOrder(key=key, text=text, voice=voice, phonemes=phonemes)


def plan_file(track: TrackPlan, codec: str, makers: Makers) -> TrackPlan:
    """Complete a plan that lacks codec, record and fingerprint, and whose path lacks its ending.

    Everything that decides the file's bytes goes into its fingerprint.
    """
    record = write_record(
        track.utterances, track.orders, track.spacing, track.tags, origin=track.origin, makers=makers
    )
    parts: list[object] = [record, asdict(track.tags), [order.key for order in track.orders]]
    if track.longest_s is not None:
        parts.append(track.longest_s)
    return replace(
        track,
        path=track.path.with_name(f"{track.path.name}{CODECS[codec].suffix}"),
        codec=codec,
        record=record,
        fingerprint=hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest(),
    )


def track_paths(project: Project, script: Script, codecs: Sequence[str] = ("mp3",)) -> list[Path]:
    """Name the files that a script's chapters become, in order; chapters without words have none."""
    stems = track_stems(project, script)
    paths = [
        stem.with_name(f"{stem.name}{CODECS[c].suffix}") for c in codecs if c != SAMPLE for stem in stems
    ]
    if SAMPLE in codecs and stems:
        paths.append(stems[0].with_name(f"{SAMPLE}{CODECS[SAMPLE].suffix}"))
    return paths


def track_stems(project: Project, script: Script, *, preview: int | None = None) -> list[Path]:
    """Name those files without their ending."""
    titles = [chapter.title for chapter in script.chapters if chapter.utterances]
    digits = max(2, len(str(len(titles))))
    folder = project.output / story_folder(script.book.name)
    names = [safe_file_name(f"{number:0{digits}d} - {title}") for number, title in enumerate(titles, 1)]
    if preview is not None:
        return [project.previews / f"{folder.name} - {name}" for name in names]
    return [folder / name for name in names]
