"""What this machine can speak with, and how it sounds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from audiobook.audio import check_encoder, find_encoder
from audiobook.casting import Settings
from audiobook.engines import engine_names, open_engine
from audiobook.errors import EngineError, SourceError
from audiobook.model import Cast, Role, Utterance, Voice, VoiceEntry
from audiobook.production.clips import ClipCache
from audiobook.production.jobs import TrackResult, make_track, transcribe
from audiobook.production.locks import sole_use
from audiobook.production.plan import TrackPlan, name_engines, order_clips, plan_file
from audiobook.production.project import ELSEWHERE, Project, clear_partial, make_folder
from audiobook.production.pronouncing import Pronouncer
from audiobook.production.records import Makers
from audiobook.production.report import Listener
from audiobook.production.scripting import settings_spacing
from audiobook.production.stories import engine_fingerprint, read_settings
from audiobook.production.workers import Workers, choose_jobs
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

    `language` is a BCP 47 tag or the beginning of one.  An engine that can't be asked is noted.
    """
    entries: list[VoiceEntry] = []
    for engine in engine_names():
        try:
            entries += open_engine(engine).voices()
        except EngineError as error:
            note(str(error))
    if names:
        entries = [entry for entry in entries if any(name.lower() in entry.id.lower() for name in names)]
    if language:
        wanted = language.lower()
        entries = [
            e for e in entries if e.language.lower() == wanted or e.language.lower().startswith(f"{wanted}-")
        ]
    return entries


def audition_voices(
    project: Project, words: str, names: Sequence[str], listener: Listener, *, cache_folder: Path
) -> list[Audition]:
    """Write an MP3 of `words` for each voice of the settings, or of those named, to the previews folder.

    Raises `EngineError` for a name that is no voice, `SourceError` where `words` hold nothing to speak.
    """
    if not any(character.isalnum() for character in words):
        raise SourceError("--audition: there is nothing to speak: no letter, no digit")
    settings = read_settings(project)
    voices = _named_voices(settings, names) if names else _settings_voices(settings)
    encoder = find_encoder(settings.output.ffmpeg)
    check_encoder(encoder)
    cache = ClipCache(cache_folder / "clips")
    made: list[Audition] = []
    with sole_use(project.output, cache_folder, listener.note):
        make_folder(project.partial)
        make_folder(project.previews)
        try:
            with Workers(choose_jobs()) as workers:
                for voice, used_for in voices.items():
                    path = project.previews / f"audition - {safe_file_name(_describe(voice))}"
                    plan = _plan_audition(
                        words, voice, path, settings, encoder_version=encoder.version_for("mp3")
                    )
                    workers.submit(plan.path, make_track, plan, cache, encoder, project.partial)
                    made.append(Audition(voice=voice, used_for=used_for, path=plan.path))
                while not workers.is_idle:
                    for _, future in workers.finished(1.0):
                        result: TrackResult = future.result()
                        listener.note(f"made {result.track.path}")
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
    engine = open_engine(settings.engine)
    for name in names:
        fault = engine.find_fault(name)
        if fault:
            raise EngineError(f"voices: expected {fault}")
    return {Voice(engine=settings.engine, id=name): "named" for name in dict.fromkeys(names)}


def _settings_voices(settings: Settings) -> dict[Voice, str]:
    """Collect the narrator's voice and the pools' of the settings, each once."""
    voices = {settings.general.narrator: "narrator"}
    for gender, pool in settings.general.pools.items():
        for voice in pool:
            voices.setdefault(voice, f"{gender} pool")
    return voices


def _plan_audition(
    words: str, voice: Voice, path: Path, settings: Settings, *, encoder_version: str
) -> TrackPlan:
    text = " ".join(words.split())
    utterance = Utterance(paragraph=1, start=0, end=0, kind="speech", speaker=None, text=text, follows="none")
    cast = Cast(roles=(Role(speaker=None, voice=voice, why="audition"),))
    pronouncer = Pronouncer(settings.general.pronunciations, transcribe)
    orders = order_clips([utterance], cast, pronouncer, engine_fingerprint)
    spacing = settings_spacing(settings.general)
    tags = Tags(
        title=f"Audition of {_describe(voice)}",
        album="Auditions",
        author=None,
        voices=(voice.id,),
        number=1,
        count=1,
        language="en",
        text=text,
    )
    makers = Makers(encoder=encoder_version, engines=name_engines({voice}, engine_fingerprint))
    track = TrackPlan(
        path=path,
        codec="",
        chapter=1,
        utterances=(utterance,),
        orders=orders,
        spacing=spacing,
        tags=tags,
        origin=ELSEWHERE,
    )
    return plan_file(track, "mp3", makers)
