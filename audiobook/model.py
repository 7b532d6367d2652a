"""The values that pass from one stage to the next.

    file ─reading→ Book ─script→ Script ─casting→ Cast ─engines→ Clip ─audio→ Track ─publishing→ MP3

All are frozen, hold no behaviour beyond looking at themselves, and import nothing but the standard
library.  Offsets (`start`, `end`) are code points into `Book.text`, end exclusive.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

NARRATOR = "narrator"
"""The speaker of everything that no character says."""

Gender = Literal["female", "male", "unknown"]
QuotationType = Literal["explicit", "anaphoric", "implicit"]
TrackFormat = Literal["mp3", "opus", "flac"]
"""What a chapter's own file can be."""

UtteranceKind = Literal["narration", "speech", "heading", "credit"]
Break = Literal["none", "tag", "sentence", "speaker", "paragraph", "scene", "heading"]
"""What lies between an utterance and the one before it, weakest first; it decides the pause.

*tag*: the voice changes within a sentence, as between a quotation and its "he said"; *heading*: one of
the two belongs to a heading and the other does not.
"""

MANNERS = (
    "whispered", "murmured", "hissed", "sighed", "sobbed", "gasped", "stammered", "pleaded", "teased",
    "laughed", "snapped", "growled", "exclaimed", "shouted", "announced",
)  # fmt: skip
"""How a line is spoken, as its tag tells ("he whispered")."""

CONTOURS = ("question", "exclamation", "emphatic", "trailing", "interrupted")
"""How a line is spoken, as its own marks tell: ? ! CAPITALS … —"""

DELIVERIES = MANNERS + CONTOURS
"""All that `Utterance.delivery` may hold."""

CREDITS = 0
"""The number of chapters that are no chapter of the book: its opening and closing credits."""


CREDIT_WORDS = ("title", "author", "narrator")
"""What may stand in braces in the words of a credit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    """A stretch of the source that is not spoken, and why.

    `title` is the heading of a whole section that is left out (a copyright page, an index), else empty.
    """

    start: int
    end: int
    reason: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph's span; its text is `Book.text[start:end]`, hard line ends and all.

    `language` is a BCP 47 tag where the source says that the paragraph is in another language than the
    book, else None.
    """

    start: int
    end: int
    kind: Literal["body", "heading"] = "body"
    follows_scene_break: bool = False
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignWords:
    """Words within a paragraph that are in another language than it; its BCP 47 tag."""

    start: int
    end: int
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where in the settings a correction stands: dotted path, and line from 1.

    `is_general` says that it is meant for every story, so that one may well lack what it speaks of.
    """

    path: str
    line: int
    is_general: bool = True


AS_IN = "as in "
"""Begins an alphabet that is none: the words of another language, as a speaker of the voice's says them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pronunciation:
    """How words are to be said, as a book or a person states it.

    `ph` is how they sound in the phonetic `alphabet` (ipa, x-sampa, or espeak: eSpeak's own mnemonics);
    where that is `AS_IN` and a language tag, `ph` is words, to be said as in that language.
    `respelling` is what is read in their place where there is no `ph` or an engine can't take it.
    With a span it holds for that place alone (`ssml:ph`); with start = end = 0 for the words wherever
    they stand, in paragraphs of `language` where one is given.  `matches_case` asks for the very
    capitals of `words`.  `origin` is None for what a book states.
    """

    words: str
    ph: str = ""
    alphabet: str = "ipa"
    respelling: str = ""
    language: str | None = None
    matches_case: bool = False
    start: int = 0
    end: int = 0
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Phonemes:
    """How the words `text[start:end]` sound, in the notation of the engine that speaks them.

    The offsets are into the text to be spoken, not into the book.
    """

    start: int
    end: int
    notation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is spoken in place of `text[start:end]` of a text, and the rule's name; " " is silence."""

    start: int
    end: int
    spoken: str
    rule: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture as the source holds it: the file's bytes and its media type (image/jpeg, image/png)."""

    data: bytes
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """Paragraphs that make one track; `number` counts from 1."""

    number: int
    title: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """What a reader made of one source file.

    `text` of a plain text is the decoded source as it stands: line ends untouched, a byte order mark
    left out.  Of any other format it is what the reader extracted, which `narrate text` prints.
    Paragraphs and `skipped` cover every letter and digit of it, each once.
    `language` is a BCP 47 tag, empty in what a reader returns of a source that states none; `languages` are
    all that the source states, `language` first.
    `warnings` are sentences for a person (an assumed encoding, say).  `faults` say what of the file is
    not in `text`, or twice, by the reader's proof; no run begins with such a book.
    `foreign` are in order and apart.  Several authors stand in `author` with "; " between them.
    `identifiers` are as the source has them (an ISBN, a URN, a URL).
    """

    name: str
    source: str
    text: str
    title: str
    author: str | None = None
    language: str = "en"
    languages: tuple[str, ...] = ()
    year: str | None = None
    series: str | None = None
    series_part: str | None = None
    description: str | None = None
    publisher: str | None = None
    identifiers: tuple[str, ...] = ()
    cover: Image | None = None
    pronunciations: tuple[Pronunciation, ...] = ()
    foreign: tuple[ForeignWords, ...] = ()
    chapters: tuple[Chapter, ...]
    skipped: tuple[Skip, ...] = ()
    warnings: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotation:
    """Words that someone says: a span without its quotation marks, and who says it.

    `type` is how the text tells: *explicit* (a tag with a name), *anaphoric* (a tag with a pronoun or
    a role), *implicit* (no tag).  `speaker` is the name of a `Character`, or None where the text does
    not tell.  `evidence` says in words why.  `confidence` is 0 to 1, comparable within one script.
    `delivery` is how its tag says that it is spoken, of `MANNERS`.  `tag_gender` is what the word of its tag
    says of the speaker ("he said"), `addressee` the character to whom the tag says that it is spoken.
    """

    start: int
    end: int
    paragraph: int
    speaker: str | None
    type: QuotationType
    evidence: str
    confidence: float
    delivery: tuple[str, ...] = ()
    tag_gender: Gender = "unknown"
    addressee: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Character:
    """A person of the story, under the fullest name that the text gives."""

    name: str
    aliases: tuple[str, ...] = ()
    gender: Gender = "unknown"
    gender_evidence: str = ""
    quotations: int = 0
    mentions: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCharacter:
    """What a person has said about a character (in voices.yaml), which overrules what the text suggests.

    All names of one are one person, and the names of two are two.  `gender` None leaves it to the text.
    `is_character` False says that the name is nobody's.  A known character that the story never
    mentions is no character of its script.
    """

    name: str
    aliases: tuple[str, ...] = ()
    gender: Gender | None = None
    is_character: bool = True
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFix:
    """What a person has said about a line: words of it, and who speaks them (`NARRATOR`: it is no speech).

    `after` are words that stand before the line, to tell it from others that hold the snippet.
    """

    snippet: str
    speaker: str
    after: str | None = None
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrections:
    """All that a person has said about a story's characters and lines."""

    characters: tuple[KnownCharacter, ...] = ()
    lines: tuple[LineFix, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedLine:
    """A line that a person has said something about: its span, without quotation marks, and what was said.

    `fix` has no origin: a script is the same wherever its corrections stand.
    """

    start: int
    end: int
    fix: LineFix


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmetCorrection:
    """A correction that was not applied: it matches nothing in the story, or too much."""

    origin: Origin
    message: str
    is_missing: bool = True
    """Nothing matches (so that a general correction may be meant for another story)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """What one voice says in one go, at most a sentence.

    `text` is what is shown and spoken: the source's words with white space made single.
    `paragraph` counts from 1 within the chapter.  `speaker` is a character's name, `NARRATOR`, or None
    for a quotation whose speaker the text does not tell.  An utterance that is not in the source (a
    credit) has start = end and stands in paragraph 0.  `language` is a BCP 47 tag where the words are in
    another language than the book, else None.  `delivery` is how it is spoken, of `DELIVERIES`.  `pace` is
    the factor of its voice's rate by which its chapter is read (`script/pace.py`).
    """

    paragraph: int
    start: int
    end: int
    kind: UtteranceKind
    speaker: str | None
    text: str
    follows: Break = "sentence"
    language: str | None = None
    delivery: tuple[str, ...] = ()
    pace: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptChapter:
    """One chapter's utterances in the order in which they are spoken; `number` may be `CREDITS`."""

    number: int
    title: str
    utterances: tuple[Utterance, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A book as a play: who says what, in order, what is left out, and corrections that met nothing.

    `stated` are the lines that corrections were applied to, in order, also those that are no speech by them.
    """

    book: Book
    characters: tuple[Character, ...]
    quotations: tuple[Quotation, ...]
    chapters: tuple[ScriptChapter, ...]
    skipped: tuple[Skip, ...]
    unmet: tuple[UnmetCorrection, ...] = ()
    stated: tuple[StatedLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """How a speaker sounds.

    `rate` is in words a minute (80 to 450), `pitch` 0 to 100 with 50 the voice's own, `volume` 0 to 1.
    `range` is how far the melody rises and falls: 0 is one tone, 50 the voice's own, 100 twice that.
    """

    engine: str
    id: str
    rate: int = 155
    pitch: int = 50
    volume: float = 1.0
    range: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceEntry:
    """A line of an engine's catalogue: a voice that this machine can speak with.

    `description` says in a few words who it sounds like, of voices of which that is known.
    """

    engine: str
    id: str
    name: str
    language: str
    gender: Gender = "unknown"
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechServer:
    """A server that speaks as OpenAI's `/v1/audio/speech` does, as a person states it.

    `url` is what stands before `/audio/speech`.  `voices` are the ids of voices and their genders, beside
    those that it lists itself; `key_env` is the environment variable that holds its key.
    """

    name: str
    url: str
    model: str
    voices: tuple[tuple[str, Gender], ...] = ()
    key_env: str | None = None


PITCH_SHIFTS = (0, 16, -16, 28, -28)
"""What is added to a voice's pitch where there are more speakers than voices, in order of preference.

Measured with benchmarks/voice_distances.py's F0: 16 steps from eSpeak's middle raise a voice by 2.7 or
lower it by 2.5 semitones, 28 by 4.9 and 4.2; no voice of its cast becomes a child's by that.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineCast:
    """The voices that an engine brings for a language, for those to whom voices.yaml gives none.

    A gender may have no voice.  `pitch_shifts` are for voices that bear others than `PITCH_SHIFTS`, 0 first;
    `descriptions` say who a voice, by its id, sounds like.
    """

    narrator: Voice
    pools: Mapping[Gender, tuple[Voice, ...]]
    pitch_shifts: tuple[int, ...] = PITCH_SHIFTS
    descriptions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A speaker's voice and the reason for it.  `speaker` is None for lines without a known speaker."""

    speaker: str | None
    voice: Voice
    why: str
    gender: Gender = "unknown"
    quotations: int = 0
    words: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Who speaks in which voice; the narrator comes first, then by number of words.

    `foreign` holds the voices of speakers for words in another language than the book.
    """

    roles: tuple[Role, ...]
    foreign: Mapping[tuple[str | None, str], Voice] = field(default_factory=dict)
    by_speaker: Mapping[str | None, Role] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_speaker", {role.speaker: role for role in self.roles})

    def voice_of(self, speaker: str | None) -> Voice:
        """Return the voice of a speaker of the script this cast was made for."""
        return self.by_speaker[speaker].voice

    def voice_for(self, utterance: Utterance) -> Voice:
        """Return the voice in which an utterance is spoken, its language considered."""
        own = self.by_speaker[utterance.speaker].voice
        language = utterance.language
        return own if language is None else self.foreign.get((utterance.speaker, language), own)


@dataclass(frozen=True, slots=True, kw_only=True)
class WordTime:
    """When a word sounds, in seconds: that which is `text[start:end]` of the text that it belongs to."""

    start: int
    end: int
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """Synthesized speech: mono, signed 16-bit little-endian samples at `sample_rate` Hz.

    `words` are those of the text that was spoken, in order, from the first sample on; None where the engine
    does not tell when they sound.  They decide nothing of the sound: clips of equal samples are equal.
    """

    samples: bytes
    sample_rate: int
    words: tuple[WordTime, ...] | None = field(default=None, compare=False)

    @property
    def seconds(self) -> float:
        """The clip's length."""
        return len(self.samples) / 2 / self.sample_rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """Where in a track an utterance sounds, in seconds from the track's first sample.

    `words` are those of its text, timed likewise; None where that is not known.
    """

    utterance: Utterance
    start_s: float
    end_s: float
    words: tuple[WordTime, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """A finished chapter (or part of one): an audio file, its length and where each utterance sounds in it.

    `title` is what a player shows; `chapter` the number of the book's chapter that it is (a part) of, or
    `CREDITS`.
    """

    path: str
    title: str
    chapter: int
    seconds: float
    cues: tuple[Cue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A finished audiobook, as the formats that hold a whole book are made of it.

    `tracks` are in order, each a file; `voices` are the ids of all voices heard, the narrator's first;
    `cover` is a JPEG, and None only for texts.
    """

    book: Book
    cast: Cast
    tracks: tuple[Track, ...]
    voices: tuple[str, ...]
    cover: Image | None = None

    @property
    def seconds(self) -> float:
        """The length of all tracks together."""
        return sum(track.seconds for track in self.tracks)
