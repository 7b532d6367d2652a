"""Characters to voices.

Everybody who speaks gets a voice: the one that the settings name, else one of the pool of their
gender.  They choose one after the other: crowds, leads, supporting and minor parts (`prominence.py`), within
each of these in an order that is a hash of the name.  A choice is first of all for a voice that nobody
near has; then for one that nobody has to themselves (minor parts may share); then for one that is far from
those who talk with them (`acoustics.py`), in steps that a listener hears; then, for a lead, for a clear
one, and for a crowd, which needs it least, for another.  What still is open is decided by a hash of
name and voice ("highest random weight": Thaler & Ravishankar, "A Name-Based Mapping Scheme for
Rendezvous", University of Michigan CSE-TR-316-96).  So a voice depends on the names in the cast, on who
talks with whom, and on the kinds of parts; who joins takes a voice from nobody who chooses earlier, and
to state a voice in voices.yaml changes only those who had that very one.

Who was in an earlier book of the series keeps the voice of there, which what voices.yaml states outranks.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b

from audiobook.casting.acoustics import measure_distance
from audiobook.casting.conversations import find_partners
from audiobook.casting.earlier_books import find_earlier
from audiobook.casting.pools import POOL_NAMES, VoicePool, find_pool, is_same_voice, shifts_of
from audiobook.casting.prominence import RANKS, Part, find_parts
from audiobook.casting.settings import CharacterSettings, EarlierRole, StorySettings, VoiceWish
from audiobook.model import NARRATOR, Cast, Character, Gender, Role, Script, Voice
from audiobook.words import count_words

HEARD_STEP = 0.75
FAR_ENOUGH = 2.25
"""Distances that differ by less than a step are alike, and so are those that are far enough.

Finer steps put voices hardly farther apart and recast more of those who are there when somebody joins:
measured on casts of four leads, steps of 0.5 up to 2.5 recast 42 % of them for a fifth, these 31 %.
"""

_PRONOUNS: Mapping[Gender, str] = {"female": "her", "male": "him", "unknown": "them"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Speaker:
    """Somebody to cast; `name` None stands for all lines without a known speaker.

    `earlier` is who that was in an earlier book of the series.
    """

    name: str | None
    gender: Gender
    stated: CharacterSettings | None
    partners: frozenset[str | None]
    part: Part
    earlier: EarlierRole | None = None

    @property
    def wish(self) -> VoiceWish:
        return VoiceWish() if self.stated is None else self.stated.voice

    @property
    def key(self) -> str:
        """What the hashes see; the same person written with other capitals or accents stays the same."""
        return unicodedata.normalize("NFC", self.name or "").casefold()


@dataclass(slots=True)
class _Stage:
    """Who has which voice so far, and why."""

    narrator: Voice
    chosen_from_pools: bool
    pools: Mapping[Gender, VoicePool] = field(default_factory=dict)
    voices: dict[str | None, Voice] = field(default_factory=dict)
    reasons: dict[str | None, str] = field(default_factory=dict)
    ranks: dict[Voice | tuple[str, str], int] = field(default_factory=dict)
    """For each voice, and for each id, the rank of the largest part that has it."""

    def give(self, speaker: _Speaker, voice: Voice, why: str) -> None:
        self.voices[speaker.name] = voice
        self.reasons[speaker.name] = why
        for look in (voice, (voice.engine, voice.id)):
            self.ranks[look] = max(self.ranks.get(look, 0), RANKS[speaker.part])

    def is_taken(self, speaker: _Speaker, look: Voice | tuple[str, str]) -> bool:
        """Tell whether somebody has a voice to themselves: minor parts may share, and crowds with crowds."""
        rank = self.ranks.get(look, 0)
        return rank > RANKS["minor"] and not (speaker.part == "crowd" and rank == RANKS["crowd"])


def assign_voices(script: Script, settings: StorySettings) -> Cast:
    """Return the narrator and a voice for everybody who has a line in the script, with the reasons.

    In full casting nobody from the pools has the narrator's voice while another voice of a fitting
    pool exists, and two who talk with each other (`find_partners`) never have one voice while another
    of the pool is free; beyond that, voices are raised or lowered in pitch so that sharers differ.
    Settings that name a voice are obeyed in any case.
    """
    speakers = _find_speakers(script, settings)
    stage = _Stage(narrator=settings.narrator, chosen_from_pools=settings.casting == "full")
    if settings.casting == "single":
        for speaker in speakers:
            stage.give(speaker, settings.narrator, "one voice reads everything")
    elif settings.casting == "gender":
        for speaker in speakers:
            _cast_by_gender(speaker, stage, settings)
    else:
        _cast_in_full(speakers, stage, settings)
    return _make_cast(script, speakers, stage)


def _find_speakers(script: Script, settings: StorySettings) -> list[_Speaker]:
    partners = find_partners(script)
    characters = {character.name: character for character in script.characters}
    parts = find_parts(script, partners)
    earlier = find_earlier(script.characters, settings.earlier_roles)
    speakers = []
    for name in sorted(partners, key=lambda name: name or ""):
        character = None if name is None else characters.get(name, Character(name=name))
        stated = None if character is None else find_stated(character, settings.characters)
        gender: Gender = "unknown" if character is None else character.gender
        if stated is not None and stated.gender is not None:
            gender = stated.gender
        speakers.append(
            _Speaker(
                name=name,
                gender=gender,
                stated=stated,
                partners=partners[name],
                part=parts[name],
                earlier=earlier.get(name or ""),
            )
        )
    return speakers


def find_stated(character: Character, stated: Iterable[CharacterSettings]) -> CharacterSettings | None:
    """Return what the settings state about a character: under its name, else under one of the aliases.

    None where they state nothing.  Capitals don't tell names apart.
    """
    by_name = {each.name.casefold(): each for each in stated if each.is_character is not False}
    by_alias = {
        alias.casefold(): settings for settings in by_name.values() for alias in settings.aliases or ()
    }
    for name in (character.name, *character.aliases):
        found = by_name.get(name.casefold()) or by_alias.get(name.casefold())
        if found is not None:
            return found
    return None


def _cast_by_gender(speaker: _Speaker, stage: _Stage, settings: StorySettings) -> None:
    gender = speaker.gender
    if gender == "unknown":  # three voices are three: the name decides between the other two
        gender = "female" if blake2b(speaker.key.encode()).digest()[0] % 2 else "male"
    pool = settings.pools[gender]
    voice = next((voice for voice in pool if not is_same_voice(voice, stage.narrator)), pool[0])
    stage.give(speaker, voice, f"one voice for each gender: first of the {POOL_NAMES[gender]}")


def _cast_in_full(speakers: Sequence[_Speaker], stage: _Stage, settings: StorySettings) -> None:
    """Let everybody choose from the pools as if nothing were stated, and only then obey the settings.

    So to state or change somebody's voice changes nobody else's, but for those whom it is taken from.
    """

    def turn(speaker: _Speaker) -> tuple[int, int, str]:
        return (-RANKS[speaker.part], _hash("turn", speaker.key), speaker.name or "")

    stage.pools = {gender: find_pool(gender, settings) for gender in {each.gender for each in speakers}}
    ordered = sorted(speakers, key=turn)
    unstated = [replace(speaker, stated=None) for speaker in ordered]
    for speaker in unstated:
        _cast_from_pool(speaker, stage, settings)
    for speaker in unstated:
        _part_from_partners(speaker, stage, settings)
    base = Voice(engine=settings.engine, id="", rate=settings.rate)
    fixed = []
    for speaker in ordered:
        if speaker.wish.id is not None:
            stage.give(speaker, speaker.wish.on(base), "voices.yaml names it")
            fixed.append(speaker)
        elif speaker.wish != VoiceWish():
            stage.give(speaker, speaker.wish.on(stage.voices[speaker.name]), stage.reasons[speaker.name])
    for speaker in ordered:
        if speaker.wish.id is None and speaker.earlier is not None:
            voice = speaker.wish.over(speaker.earlier.voice).on(base)
            if not _is_heard(voice, speaker, stage, fixed):
                stage.give(speaker, voice, f"as in {speaker.earlier.book}")
                fixed.append(speaker)
    for speaker in ordered:
        if speaker not in fixed and any(_takes_voice(other, speaker, stage) for other in fixed):
            _cast_from_pool(speaker, stage, settings)


def _is_heard(voice: Voice, speaker: _Speaker, stage: _Stage, fixed: Iterable[_Speaker]) -> bool:
    """Tell whether a voice is the narrator's, or of a partner of whom it is settled."""
    near = [stage.narrator, *(stage.voices[each.name] for each in fixed if each.name in speaker.partners)]
    return any(is_same_voice(voice, other) and voice.pitch == other.pitch for other in near)


def _takes_voice(stated: _Speaker, speaker: _Speaker, stage: _Stage) -> bool:
    """Tell whether a settled voice is one that a speaker has, who must not share it with that one."""
    if stated.name == speaker.name or not is_same_voice(
        stage.voices[stated.name], stage.voices[speaker.name]
    ):
        return False
    smaller = min(RANKS[stated.part], RANKS[speaker.part])
    return stated.name in speaker.partners or smaller > RANKS["minor"]


def _part_from_partners(speaker: _Speaker, stage: _Stage, settings: StorySettings) -> None:
    """Give a speaker another voice who shares one with a partner that chose later and had none left.

    Who chose early could not know; here only those move who find a voice that no partner has.
    """
    heard = {(stage.voices[name].engine, stage.voices[name].id) for name in speaker.partners}
    voice = stage.voices[speaker.name]
    if (voice.engine, voice.id) not in heard:
        return
    pool = stage.pools[speaker.gender].voices
    if any((other.engine, other.id) not in heard for other in pool):
        _cast_from_pool(speaker, stage, settings)


def _cast_from_pool(speaker: _Speaker, stage: _Stage, settings: StorySettings) -> None:
    pool = stage.pools[speaker.gender]
    # The narrator is a partner of everybody: beside the story's own voice each must be another.
    near = {stage.narrator, *(stage.voices[name] for name in speaker.partners if name in stage.voices)}
    heard = {(voice.engine, voice.id) for voice in near}
    wish = speaker.wish
    choices = []
    for rank, voice in pool.looks:
        own = wish.on(voice)
        alike = (own.engine, own.id)
        conflict = (
            own in near,
            alike in heard,
            stage.is_taken(speaker, own),
            stage.is_taken(speaker, alike),
            rank,
        )
        choices.append((conflict, voice, own))
    least = min(conflict for conflict, _, _ in choices)
    open_choices = [(voice, own) for conflict, voice, own in choices if conflict == least]
    voice, own = max(open_choices, key=lambda choice: _judge(speaker, choice[0], choice[1], near, pool))
    rank, why = least[-1], pool.why
    if speaker.part == "lead" and pool.is_clear(voice):
        why += ", a clear voice for a leading part"
    elif speaker.part == "crowd":
        why += ", many at once"
    if rank:
        shift = shifts_of(voice, settings)[rank]
        why += f", {'raised' if shift > 0 else 'lowered'} in pitch"
    stage.give(speaker, own, why)


def _judge(
    speaker: _Speaker, voice: Voice, own: Voice, near: Iterable[Voice], pool: VoicePool
) -> tuple[int, ...]:
    """Return how well a voice suits a speaker: far from the near, clear for a lead, unclear for a crowd.

    `own` is the voice as the speaker would have it.
    """
    clear = {"lead": 1, "crowd": -1}.get(speaker.part, 0) * pool.is_clear(voice)
    distance = min(measure_distance(own, other) for other in near)
    luck = _hash(
        "crowd" if speaker.part == "crowd" else speaker.key, voice.engine, voice.id, str(voice.pitch)
    )
    return (int(min(distance, FAR_ENOUGH) / HEARD_STEP), clear, luck)


def _hash(*parts: str) -> int:
    digest = blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest)


def _make_cast(script: Script, speakers: Iterable[_Speaker], stage: _Stage) -> Cast:
    words: Counter[str | None] = Counter()
    for chapter in script.chapters:
        for utterance in chapter.utterances:
            words[utterance.speaker] += count_words(utterance.text)
    quotations = Counter(quotation.speaker for quotation in script.quotations)
    narrator = Role(
        speaker=NARRATOR,
        voice=stage.narrator,
        why="reads what nobody says",
        words=words[NARRATOR],
    )
    roles = [
        Role(
            speaker=speaker.name,
            voice=stage.voices[speaker.name],
            why=_explain(speaker, stage),
            gender=speaker.gender,
            quotations=quotations[speaker.name],
            words=words[speaker.name],
        )
        for speaker in speakers
    ]
    return Cast(roles=(narrator, *sorted(roles, key=lambda role: (-role.words, role.speaker or ""))))


def _explain(speaker: _Speaker, stage: _Stage) -> str:
    """Return the reason for a speaker's voice, with what was settled by settings and by partners."""
    parts = [stage.reasons[speaker.name]]
    voice = stage.voices[speaker.name]
    if speaker.wish.id is None and stage.chosen_from_pools:
        stated = [
            key for key in ("rate", "pitch", "volume", "range") if getattr(speaker.wish, key) is not None
        ]
        if stated:
            parts.append(f"{_join(stated)} from voices.yaml")
        sharing = [name for name in speaker.partners if is_same_voice(stage.voices[name], voice)]
        others = [name for name in speaker.partners if name not in sharing]
        pronoun = _PRONOUNS[speaker.gender]
        if others:
            verb = ("talks", "has another voice") if len(others) == 1 else ("talk", "have other voices")
            parts.append(f"{_join_names(others)}, who {verb[0]} with {pronoun}, {verb[1]}")
        if sharing:
            parts.append(f"shared with {_join_names(sharing)}, as no other was free")
    return "; ".join(parts)


def _join_names(names: Iterable[str | None]) -> str:
    """Return up to three names as words, and how many more there are."""
    ordered = sorted("somebody unnamed" if name is None else name for name in names)
    if len(ordered) > 3:
        ordered = [*ordered[:2], f"{len(ordered) - 2} others"]
    return _join(ordered)


def _join(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
