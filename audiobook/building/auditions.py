"""What this machine can speak with, and how it sounds."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast as cast_type

from audiobook.audio import check_encoder, find_encoder
from audiobook.building.jobs import TrackResult, make_track
from audiobook.building.sent import count_sent
from audiobook.building.workers import Workers, choose_jobs
from audiobook.building.workload import find_efforts
from audiobook.caching.clips import ClipCache
from audiobook.casting import Settings, StorySettings, find_engine
from audiobook.engines import find_cast
from audiobook.engines.base import Engine, RemoteEngine, find_destination
from audiobook.errors import EngineError, NarrateError, SourceError
from audiobook.model import NARRATOR, Cast, EngineCast, Role, Utterance, Voice, VoiceEntry
from audiobook.planning.clip_specs import specify_clips
from audiobook.planning.hard_words import HardWords
from audiobook.planning.plans import TrackPlan, plan_file
from audiobook.planning.pronouncing import Pronouncer, make_pronouncer
from audiobook.planning.records import Makers
from audiobook.planning.scripting import settings_spacing
from audiobook.planning.tagging import name_voices
from audiobook.project.layout import ELSEWHERE, Project, clear_partial, make_folder
from audiobook.project.locks import sole_use
from audiobook.project.settings import read_settings
from audiobook.project.shared_engines import known_engines, known_names, opener
from audiobook.project.versions import name_engines
from audiobook.publishing import Tags, safe_file_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Audition:
    """A voice, what the settings use it for, and the MP3 to hear it by."""

    voice: Voice
    used_for: str
    path: Path


def list_voices(
    names: Sequence[str], note: Callable[[str], None], *, language: str | None = None
) -> list[VoiceEntry]:
    """List the voices of all engines, or those whose id holds one of `names`, or of a language.

    Of the names some may be engines: then only theirs are listed.
    `language` is a BCP 47 tag or the beginning of one.  An engine that can't be asked is noted.
    """
    entries: list[VoiceEntry] = []
    known = known_names()
    for engine in [name for name in known if name in names] or known:
        try:
            entries += _list_voices(opener(engine)(), note)
        except EngineError as error:
            note(str(error))
    return choose_voices(entries, [name for name in names if name not in known], language)


def _list_voices(engine: Engine, note: Callable[[str], None]) -> Sequence[VoiceEntry]:
    """List an engine's voices: a server's as it lists them now, or else as it did."""
    if find_destination(engine) is not None:
        try:
            return cast_type(RemoteEngine, engine).refresh_voices()
        except EngineError as error:
            note(str(error))
    return engine.voices()


def list_casts(names: Sequence[str], *, language: str | None = None) -> list[EngineCast]:
    """List the casts that engines bring and describe, for a language (English where none is told).

    With `names` only those of the engines among them.
    """
    casts = []
    for engine in known_names():
        with contextlib.suppress(NarrateError):  # `list_voices` tells of it, or doctor
            cast = find_cast(opener(engine)(), language or "en")
            if cast is not None and cast.descriptions and (not names or engine in names):
                casts.append(cast)
    return casts


def choose_voices(
    entries: Sequence[VoiceEntry], names: Sequence[str], language: str | None
) -> list[VoiceEntry]:
    """Keep the voices whose id holds one of `names`, and whose language is `language` or a kind of it."""
    entries = list(entries)
    if names:
        entries = [entry for entry in entries if any(name.lower() in entry.id.lower() for name in names)]
    if language:
        wanted = language.lower()
        entries = [
            e for e in entries if e.language.lower() == wanted or e.language.lower().startswith(f"{wanted}-")
        ]
    return entries


def audition_voices(
    project: Project, words: str, names: Sequence[str], note: Callable[[str], None], *, cache_folder: Path
) -> list[Audition]:
    """Write an MP3 of `words` for each voice of the settings, or of those named, to the previews folder.

    Raises `EngineError` for a name that is no voice, `SourceError` where `words` hold nothing to speak.
    """
    if not any(character.isalnum() for character in words):
        raise SourceError("--audition: there is nothing to speak: no letter, no digit")
    settings = read_settings(project)
    voices = _named_voices(settings, names) if names else _settings_voices(settings)
    pronouncer = make_pronouncer(settings.general)
    drafts: list[TrackPlan] = []
    for voice in voices:
        path = project.previews / f"audition - {safe_file_name(_describe(voice))}"
        drafts.append(_draft([words], voice, path, pronouncer, settings.general))
    paths = _make_files(project, settings, drafts, note, cache_folder)
    return [
        Audition(voice=voice, used_for=used_for, path=path)
        for (voice, used_for), path in zip(voices.items(), paths, strict=True)
    ]


def audition_words(
    project: Project, words: HardWords, note: Callable[[str], None], *, cache_folder: Path
) -> Path:
    """Write an MP3 of a story's words, one after the other in the narrator's voice as they stand now.

    Raises `SourceError` where there are none.
    """
    if not words.words:
        raise SourceError("--audition: there is no word to hear; name some, or list them with --all")
    title = words.script.book.name
    pronouncer = make_pronouncer(words.settings, words.script)
    path = project.previews / f"pronounce - {safe_file_name(title)}"
    lines = [f"{each.word}." for each in words.words]
    draft = _draft(lines, words.voice, path, pronouncer, words.settings)
    draft = replace(draft, tags=replace(draft.tags, title=f"Words of {title}"))
    return _make_files(project, read_settings(project), [draft], note, cache_folder)[0]


def _make_files(
    project: Project,
    settings: Settings,
    drafts: Sequence[TrackPlan],
    note: Callable[[str], None],
    cache_folder: Path,
) -> list[Path]:
    """Make MP3s that were drafted, and return where they are."""
    encoder = find_encoder(settings.output.ffmpeg)
    check_encoder(encoder)
    cache = ClipCache(cache_folder / "clips")
    made: list[Path] = []
    with sole_use(project.output, cache_folder, note):
        make_folder(project.partial)
        make_folder(project.previews)
        try:
            specs = [spec for draft in drafts for spec in draft.specs]
            for sent in count_sent(spec for spec in specs if cache.measure(spec.key) is None):
                note(str(sent))
            efforts = find_efforts(specs)
            with Workers(choose_jobs(efforts)) as workers:
                for draft in drafts:
                    engines = name_engines({o.voice for o in draft.specs})
                    plan = plan_file(
                        draft, "mp3", Makers(encoder=encoder.version_for("mp3"), engines=engines)
                    )
                    workers.submit(plan.path, make_track, plan, cache, encoder, project.partial)
                    made.append(plan.path)
                while not workers.is_idle:
                    for _, future in workers.finished(1.0):
                        result: TrackResult = future.result()
                        note(f"made {result.track.path}")
        finally:
            clear_partial(project)
            cache.prune(round(settings.output.cache_gb * 1e9))
    return made


def _describe(voice: Voice) -> str:
    parts = [voice.id if voice.engine == "pyttsx3" else f"{voice.engine} {voice.id}"]
    plain = Voice(engine=voice.engine, id=voice.id)
    parts += [
        f"{key}{getattr(voice, key)}"
        for key in ("rate", "pitch", "volume", "range")
        if getattr(voice, key) != getattr(plain, key)
    ]
    return " ".join(parts)


def _named_voices(settings: Settings, names: Sequence[str]) -> dict[Voice, str]:
    """Return the voices called `engine:id`, or `id`, of whichever engine has it."""
    engines = known_engines()
    known = engines.faults
    voices = {}
    faults = []
    for name in names:
        prefix, _, rest = name.partition(":")
        if rest and prefix in known:
            engine, id_, fault = prefix, rest, known[prefix](rest)
        else:
            id_, (owner, fault) = name, find_engine(name, settings.engine, known, engines.servers)
            engine = owner or settings.engine
        if fault:
            faults.append(f"voices: expected {fault}")
        voices[Voice(engine=engine, id=id_)] = "named"
    if faults:
        raise EngineError("\n".join(faults))
    return voices


def _settings_voices(settings: Settings) -> dict[Voice, str]:
    """Collect the narrator's voice and the pools' of the settings, each once."""
    voices = {settings.general.narrator: "narrator"}
    for gender, pool in settings.general.pools.items():
        for voice in pool:
            voices.setdefault(voice, f"{gender} pool")
    return voices


def _draft(
    lines: Sequence[str], voice: Voice, path: Path, pronouncer: Pronouncer, settings: StorySettings
) -> TrackPlan:
    """Plan a file of these lines in one voice, as the narrator would say them."""
    texts = [" ".join(line.split()) for line in lines]
    utterances = tuple(
        Utterance(
            paragraph=1,
            start=0,
            end=0,
            kind="speech",
            speaker=NARRATOR,
            text=text,
            follows="sentence" if place else "none",
        )
        for place, text in enumerate(texts)
    )
    cast = Cast(roles=(Role(speaker=NARRATOR, voice=voice, why="audition"),))
    specs = specify_clips(utterances, cast, pronouncer)
    spacing = settings_spacing(settings)
    tags = Tags(
        title=f"Audition of {_describe(voice)}",
        album="Auditions",
        author=None,
        voices=name_voices([voice]),
        number=1,
        count=1,
        language="en",
        text="\n".join(texts),
    )
    return TrackPlan(
        path=path,
        codec="",
        chapter=1,
        utterances=utterances,
        specs=specs,
        spacing=spacing,
        tags=tags,
        origin=ELSEWHERE,
    )
