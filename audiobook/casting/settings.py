"""Settings as the other stages see them: checked, complete, one object for each story."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from audiobook.casting.delivery import Manner
from audiobook.files import Identity
from audiobook.model import (
    Corrections,
    EngineCast,
    Gender,
    KnownCharacter,
    LineFix,
    Origin,
    Pronunciation,
    SpeechServer,
    Voice,
)

CastingMode = Literal["full", "gender", "single"]
"""*full*: everybody in a voice of their own; *gender*: the narrator, a woman's and a man's voice;
*single*: one voice reads everything."""


ChosenBy = Literal["auto", "voices.yaml", "--engine"]
"""What names the engine: a file, the option of a run, or `auto`, which is whatever is installed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceWish:
    """What is stated about a voice; None leaves it to whatever lies below.

    Units are those of `Voice`: `rate` in words a minute, `pitch` 0 to 100, `volume` 0 to 1,
    `range` 0 to 100.
    """

    engine: str | None = None
    id: str | None = None
    rate: int | None = None
    pitch: int | None = None
    volume: float | None = None
    range: int | None = None

    def over(self, lower: VoiceWish) -> VoiceWish:
        """Return this wish with what it leaves open taken from `lower`."""
        return VoiceWish(
            engine=lower.engine if self.engine is None else self.engine,
            id=lower.id if self.id is None else self.id,
            rate=lower.rate if self.rate is None else self.rate,
            pitch=lower.pitch if self.pitch is None else self.pitch,
            volume=lower.volume if self.volume is None else self.volume,
            range=lower.range if self.range is None else self.range,
        )

    def on(self, voice: Voice) -> Voice:
        """Return `voice` with what is stated changed."""
        return Voice(  # thousands of times for a large cast, and `replace` takes four times as long
            engine=voice.engine if self.engine is None else self.engine,
            id=voice.id if self.id is None else self.id,
            rate=voice.rate if self.rate is None else self.rate,
            pitch=voice.pitch if self.pitch is None else self.pitch,
            volume=voice.volume if self.volume is None else self.volume,
            range=voice.range if self.range is None else self.range,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CharacterSettings:
    """What is stated about a character.

    `aliases` and `gender` None leave it to the story's text; the voice without `id` is cast from the
    pools, and then gets the stated rate, pitch, volume and range.  `pronunciations` are how this one
    says words, each word once.
    `is_character` False: the name is nobody's.
    """

    name: str
    aliases: tuple[str, ...] | None = None
    gender: Gender | None = None
    voice: VoiceWish = VoiceWish()
    pronunciations: tuple[Pronunciation, ...] = ()
    is_character: bool | None = None
    origin: Origin | None = field(default=None, compare=False)

    def over(self, lower: CharacterSettings) -> CharacterSettings:
        """Return these settings with what they leave open taken from `lower`."""
        return CharacterSettings(
            name=self.name,
            aliases=lower.aliases if self.aliases is None else self.aliases,
            gender=lower.gender if self.gender is None else self.gender,
            voice=self.voice.over(lower.voice),
            pronunciations=_lay_over(lower.pronunciations, self.pronunciations),
            is_character=lower.is_character if self.is_character is None else self.is_character,
            origin=self.origin,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierRole:
    """Somebody of an earlier `book` of the series (its title), in that book's `language`.

    `voice` is complete but for the rate, which it names only where it is that character's own.
    """

    name: str
    aliases: tuple[str, ...] = ()
    gender: Gender = "unknown"
    voice: VoiceWish
    book: str
    language: str


def _lay_over(
    lower: tuple[Pronunciation, ...], upper: tuple[Pronunciation, ...]
) -> tuple[Pronunciation, ...]:
    return tuple(({each.words: each for each in lower} | {each.words: each for each in upper}).values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Pauses:
    """Silences in milliseconds.

    `tag_ms`, `sentence_ms`, `speaker_ms`, `paragraph_ms`, `scene_ms` and `heading_ms` lie between two
    utterances, by what separates them (`model.Break`); `head_ms` and `tail_ms` open and close a track.
    """

    tag_ms: int
    sentence_ms: int
    speaker_ms: int
    paragraph_ms: int
    scene_ms: int
    heading_ms: int
    head_ms: int
    tail_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingSettings:
    """What of a book is read besides its text, and how.

    `footnotes`: not at all, or each at the end of the paragraph that refers to it.  `matter`: front and
    back matter (title page, contents, notes, index …).  `descriptions`: those of pictures.
    `proof`: whether a book of which a reader lost words is made all the same, with a warning.
    `normalize`: years, money, abbreviations and the like as a narrator says them (`normalizing/`).
    `labels`: the names before the lines of scripts, interviews and chats.
    """

    footnotes: Literal["skip", "paragraph"] = "skip"
    matter: bool = False
    descriptions: bool = False
    proof: Literal["fail", "warn"] = "fail"
    normalize: bool = True
    labels: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Credits:
    """What the narrator announces before and after a book.

    True stands for the usual words in the book's language, a text for itself, with the names of
    `CREDIT_WORDS` in braces.  `narrator` is who is said to read; None says that voices are synthetic.
    """

    opening: bool | str = False
    closing: bool | str = False
    narrator: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BookDetails:
    """What is stated about a story as a publication; None leaves it to the story's file.

    `year` has four digits, `language` is a BCP 47 tag.
    """

    title: str | None = None
    author: str | None = None
    year: str | None = None
    language: str | None = None
    series: str | None = None
    series_part: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputSettings:
    """What is written and how: formats (of `choices.FORMATS`), ffmpeg, the clip cache's bound in GB.

    `layout` is one of `choices.LAYOUTS`; `captions` is `sentences` or `words`, whose times captions tell;
    `ffmpeg` is `bundled`, or the name or path of another; `base_url` is where a podcast will lie.  `listen`
    says whether a recognizer hears new clips; None leaves it to whether there is one.
    """

    formats: tuple[str, ...]
    layout: str
    captions: str
    ffmpeg: str
    cache_gb: float
    base_url: str | None = None
    listen: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StorySettings:
    """All that is set for one story: the general settings, overridden by the story's own section.

    `engine` and `rate` are for voices that state none; `chosen_by` says who chose the engine.
    `narrator` and `pools` are complete: whom voices.yaml leaves open is of the engine's own cast
    (`with_cast`); `narrator_wish` and `stated_pools` are what it states.  Each pool holds at least one voice.
    `pitch_shifts` are those of `EngineCast`, by engine.
    `characters` and `lines` are in the order of the file.  `pronunciations` are
    what `pronounce.py` looks for in everybody's words, `narrator_pronunciations` in the narrator's alone;
    `lexicon` holds those of the files that are named under `lexicons`, the first file's first.
    `own_voices` are the paths (`narrator`, `pools.female`, `characters.NAME`) of the voices that the
    story's own section names.  `delivery` maps those of `model.DELIVERIES` to what they change.
    `formats` are those of `choices.FORMATS` that are written of it; `has_own_formats` where that section
    states them; `layout` is how its folder is called.  `earlier_roles` are the people of the books before it
    in its series, each once.
    """

    engine: str
    rate: int
    casting: CastingMode
    narrator: Voice
    pools: Mapping[Gender, tuple[Voice, ...]]
    chosen_by: ChosenBy = "auto"
    narrator_wish: VoiceWish = VoiceWish()
    stated_pools: Mapping[Gender, tuple[Voice, ...]] = field(default_factory=dict)
    pitch_shifts: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    characters: tuple[CharacterSettings, ...] = ()
    lines: tuple[LineFix, ...] = ()
    pronunciations: tuple[Pronunciation, ...] = ()
    narrator_pronunciations: tuple[Pronunciation, ...] = ()
    lexicon: tuple[Pronunciation, ...] = ()
    delivery: Mapping[str, Manner] = field(default_factory=dict)
    pauses: Pauses
    reading: ReadingSettings = ReadingSettings()
    credits: Credits = Credits()
    details: BookDetails = BookDetails()
    formats: tuple[str, ...] = ("mp3",)
    has_own_formats: bool = False
    layout: str = "plain"
    own_voices: frozenset[str] = frozenset()
    earlier_roles: tuple[EarlierRole, ...] = ()

    def with_cast(self, cast: EngineCast) -> StorySettings:
        """Return these settings with the voices of a cast for all whom voices.yaml leaves open."""
        narrator = self.narrator
        if self.narrator_wish.id is None:
            narrator = self.narrator_wish.on(replace(cast.narrator, rate=self.rate))
        own = {gender: tuple(replace(v, rate=self.rate) for v in pool) for gender, pool in cast.pools.items()}
        return replace(
            self,
            narrator=narrator,
            pools={gender: self.stated_pools.get(gender) or own[gender] or (narrator,) for gender in own},
            pitch_shifts={**self.pitch_shifts, cast.narrator.engine: cast.pitch_shifts},
        )

    @property
    def corrections(self) -> Corrections:
        """What the script stage should know of characters and lines before it reads the story."""
        characters = tuple(
            KnownCharacter(
                name=stated.name,
                aliases=stated.aliases or (),
                gender=stated.gender,
                is_character=stated.is_character is not False,
                origin=stated.origin,
            )
            for stated in self.characters
        )
        return Corrections(characters=characters, lines=self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A whole settings file: `general` for stories without a section, `stories` for those with one.

    `engine` speaks voices that name none.
    `files` are those that it names and that were read with it (lexicons), each with what told it from
    itself at other times.  `servers` are engines of this project's.
    """

    engine: str
    general: StorySettings
    stories: Mapping[str, StorySettings] = field(default_factory=dict)
    output: OutputSettings
    files: tuple[tuple[Path, Identity | None], ...] = field(default=(), compare=False)
    servers: tuple[SpeechServer, ...] = ()
    story_lines: Mapping[str, int] = field(default_factory=dict, compare=False)
    """The lines at which the stories' sections begin."""

    def for_story(self, name: str) -> StorySettings:
        """Return what is set for a story; `name` is its file's name without the ending."""
        return self.stories.get(name, self.general)
