"""Characters get voices: fitting, distinct in conversation, and stable."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import combinations
from random import Random
from statistics import mean

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from audiobook.casting import (
    CastingMode,
    CharacterSettings,
    StorySettings,
    VoiceWish,
    assign_voices,
    load_settings,
)
from audiobook.casting.acoustics import measure_clarity, measure_distance, read_acoustics
from audiobook.casting.conversations import find_partners
from audiobook.casting.prominence import find_parts, is_crowd
from audiobook.engines.casts import read_casts
from audiobook.model import (
    NARRATOR,
    Book,
    Cast,
    Character,
    Gender,
    Quotation,
    Script,
    ScriptChapter,
    Utterance,
    Voice,
)
from audiobook.project.shared_engines import known_engines

DEFAULTS = load_settings(None, engines=known_engines(), engine="pyttsx3").general
Line = tuple[int, str | None]
"""Paragraph and speaker."""

CLEAR = ", a clear voice for a leading part"
WOMEN = ("Anna", "Bea", "Clara", "Dora", "Eve", "Flora", "Gina", "Hanna", "Iris", "Jane", "Kate", "Lea")


def script_of(
    lines: Iterable[Line],
    genders: Mapping[str, Gender] | None = None,
    *,
    scenes: frozenset[int] = frozenset(),
) -> Script:
    """Make a script in which the lines are all that is said; `scenes` are paragraphs after a break."""
    utterances, quotations = [], []
    for place, (paragraph, speaker) in enumerate(lines):
        utterances.append(
            Utterance(
                paragraph=paragraph,
                start=place * 10,
                end=place * 10 + 5,
                kind="narration" if speaker == NARRATOR else "speech",
                speaker=speaker,
                text="two words",
                follows="scene" if paragraph in scenes else "paragraph",
            )
        )
        if speaker != NARRATOR:
            quotations.append(
                Quotation(
                    start=place * 10,
                    end=place * 10 + 5,
                    paragraph=paragraph,
                    speaker=speaker,
                    type="explicit",
                    evidence="",
                    confidence=1,
                )
            )
    names = {speaker for _, speaker in lines if speaker not in {None, NARRATOR}}
    characters = [
        Character(name=name, gender=(genders or {}).get(name, "female"))
        for name in sorted(filter(None, names))
    ]
    return Script(
        book=Book(name="s", source="s.txt", text="", title="S", chapters=()),
        characters=tuple(characters),
        quotations=tuple(quotations),
        chapters=(ScriptChapter(number=1, title="S", utterances=tuple(utterances)),),
        skipped=(),
    )


def apart(names: Iterable[str | None]) -> list[Line]:
    """Give each a line out of everybody's earshot."""
    return [(place * 10, name) for place, name in enumerate(names)]


def together(names: Iterable[str | None]) -> list[Line]:
    return [(1, name) for name in names]


def ids(cast: Cast) -> dict[str | None, str]:
    return {role.speaker: role.voice.id for role in cast.roles}


def test_the_narrator_comes_first_then_who_says_most() -> None:
    genders: dict[str, Gender] = {"Max": "male"}
    lines: list[Line] = [(1, NARRATOR), (2, "Anna"), (20, "Max"), (40, "Max"), (60, None)]
    cast = assign_voices(script_of(lines, genders), DEFAULTS)
    assert [role.speaker for role in cast.roles] == [NARRATOR, "Max", None, "Anna"]
    narrator, max_, nobody, anna = cast.roles
    assert (narrator.voice, narrator.words, narrator.quotations) == (DEFAULTS.narrator, 2, 0)
    assert (max_.quotations, max_.words, max_.gender, max_.why) == (2, 4, "male", f"men's pool{CLEAR}")
    assert max_.voice in DEFAULTS.pools["male"]
    assert nobody.voice in DEFAULTS.pools["unknown"]
    assert nobody.why == "pool for unknown gender"
    assert anna.voice in DEFAULTS.pools["female"]


def test_who_says_nothing_has_no_role() -> None:
    script = script_of([(1, NARRATOR), (2, "Anna")])
    silent = replace(script, characters=(*script.characters, Character(name="Viktoria")))
    assert [role.speaker for role in assign_voices(silent, DEFAULTS).roles] == [NARRATOR, "Anna"]


def test_settings_are_obeyed_by_name_and_by_alias() -> None:
    script = script_of(apart(["Anna", "Bea", "Clara", "Dora"]))
    script = replace(
        script,
        characters=(
            *script.characters[:2],
            Character(name="Clara", aliases=("Cleo",)),
            *script.characters[3:],
        ),
    )
    stated = (
        CharacterSettings(name="Anna", voice=VoiceWish(id="en-gb-x-rp", rate=150)),
        CharacterSettings(name="Beatrice", aliases=("bea",), gender="male"),
        CharacterSettings(name="Cleo", voice=VoiceWish(engine="tone", id="tone-low", pitch=30)),
        CharacterSettings(name="Dora", voice=VoiceWish(rate=120, volume=0.5)),
    )
    cast = assign_voices(script, replace(DEFAULTS, characters=stated))
    anna, bea, clara, dora = (cast.by_speaker[name] for name in ("Anna", "Bea", "Clara", "Dora"))
    assert anna.voice == Voice(engine="pyttsx3", id="en-gb-x-rp", rate=150)
    assert anna.why == "voices.yaml names it"
    assert (bea.gender, bea.voice in DEFAULTS.pools["male"]) == ("male", True)
    assert clara.voice == Voice(engine="tone", id="tone-low", rate=155, pitch=30)
    pool = [replace(voice, rate=120, volume=0.5) for voice in DEFAULTS.pools["female"]]
    assert dora.voice in pool
    assert dora.why == f"women's pool{CLEAR}; rate and volume from voices.yaml"


@pytest.mark.parametrize("voice", ["en-us+croak", "en-gb-x-rp+f3", "en-us+Annie"])
def test_to_state_a_voice_changes_nobody_else_but_who_had_it(voice: str) -> None:
    script = script_of(together(WOMEN[:6]) * 5)
    before = assign_voices(script, DEFAULTS)
    for name in WOMEN[:6]:
        stated = CharacterSettings(name=name, voice=VoiceWish(id=voice))
        after = assign_voices(script, replace(DEFAULTS, characters=(stated,)))
        assert after.voice_of(name).id == voice
        moved = {n for n in WOMEN[:6] if n != name and after.voice_of(n) != before.voice_of(n)}
        assert moved == {n for n in WOMEN[:6] if n != name and before.voice_of(n).id == voice}
        assert len(set(ids(after).values())) == 7
        slower = CharacterSettings(name=name, voice=VoiceWish(rate=120))
        after = assign_voices(script, replace(DEFAULTS, characters=(slower,)))
        assert ids(after) == ids(before)


def test_the_reason_names_who_talks_with_whom() -> None:
    genders: dict[str, Gender] = {"Max": "male", "Alex": "male"}
    cast = assign_voices(script_of([(1, "Anna"), (2, "Max"), (5, "Alex")], genders), DEFAULTS)
    assert cast.by_speaker["Max"].why == (
        f"men's pool{CLEAR}; Alex and Anna, who talk with him, have other voices"
    )
    assert cast.by_speaker["Anna"].why == f"women's pool{CLEAR}; Max, who talks with her, has another voice"
    assert cast.by_speaker["Alex"].why == f"men's pool{CLEAR}; Max, who talks with him, has another voice"


def test_conversations_end_at_distance_scene_and_chapter() -> None:
    script = script_of(
        [(1, "Anna"), (4, "Bea"), (8, "Clara"), (9, "Dora"), (10, None)], scenes=frozenset({9})
    )
    assert find_partners(script) == {
        "Anna": {"Bea"},
        "Bea": {"Anna"},
        "Clara": frozenset(),
        "Dora": {None},
        None: {"Dora"},
    }
    chapter = script.chapters[0]
    halves = (
        replace(chapter, utterances=chapter.utterances[:1]),
        replace(chapter, number=2, utterances=chapter.utterances[1:2]),
    )
    assert find_partners(replace(script, chapters=halves)) == {"Anna": frozenset(), "Bea": frozenset()}


@pytest.mark.parametrize("lines", [together(WOMEN[:8]), apart(WOMEN[:8])], ids=["together", "apart"])
def test_as_many_voices_as_speakers_are_all_used(lines: list[Line]) -> None:
    voices = ids(assign_voices(script_of(lines), DEFAULTS))
    assert len(set(voices.values())) == 9


def test_past_the_pool_sharers_differ_in_pitch() -> None:
    cast = assign_voices(script_of(together(WOMEN)), DEFAULTS)
    voices = [role.voice for role in cast.roles]
    assert len(set(voices)) == 13
    assert len({voice.id for voice in voices}) == 9
    shared = [role for role in cast.roles if "ed in pitch" in role.why]
    assert len(shared) == 4
    assert all("shared with" in role.why for role in shared)


def test_past_the_pool_partners_still_have_different_voices() -> None:
    pairs = [*zip(WOMEN[::2], WOMEN[1::2], strict=True)]
    lines = [(place * 10, name) for place, pair in enumerate(pairs) for name in pair]
    small = replace(DEFAULTS, pools={**DEFAULTS.pools, "female": DEFAULTS.pools["female"][:2]})
    voices = ids(assign_voices(script_of(lines), small))
    assert all(voices[one] != voices[other] for one, other in pairs)


NARRATORS = Voice(engine="pyttsx3", id="en-us+f2", rate=170)


def test_nobody_has_the_narrators_voice_while_another_fits() -> None:
    female = DEFAULTS.pools["female"]
    for pools, allowed in (
        ({**DEFAULTS.pools}, female[1:]),
        ({**DEFAULTS.pools, "female": female[:1]}, DEFAULTS.pools["unknown"]),
    ):
        cast = assign_voices(
            script_of(together(["Anna", "Bea"])), replace(DEFAULTS, narrator=NARRATORS, pools=pools)
        )
        assert {cast.voice_of("Anna"), cast.voice_of("Bea")} <= set(allowed)
    only: Mapping[Gender, tuple[Voice, ...]] = dict.fromkeys(("female", "male", "unknown"), female[:1])
    cast = assign_voices(script_of(apart(["Anna"])), replace(DEFAULTS, narrator=NARRATORS, pools=only))
    anna = cast.by_speaker["Anna"]
    assert anna.voice.id == NARRATORS.id
    assert anna.voice.pitch != NARRATORS.pitch
    assert anna.why == f"women's pool, whose only voice is the narrator's{CLEAR}, raised in pitch"


@pytest.mark.parametrize("mode", ["gender", "single"])
def test_the_smaller_casts(mode: CastingMode) -> None:
    genders: dict[str, Gender] = {"Max": "male", "Zed": "unknown", "Alex": "male"}
    stated = (CharacterSettings(name="Anna", gender="male", voice=VoiceWish(id="en-us+f5")),)
    chosen = replace(DEFAULTS, casting=mode, characters=stated)
    cast = assign_voices(script_of(together(["Anna", "Bea", "Max", "Zed", "Alex", None]), genders), chosen)
    pools = DEFAULTS.pools
    male, female = (pools[gender][0] for gender in ("male", "female"))
    if mode == "single":
        assert {role.voice for role in cast.roles} == {DEFAULTS.narrator}
    else:
        assert [cast.voice_of(name) for name in ("Anna", "Bea", "Max", "Zed", "Alex", None)] == [
            male,
            female,
            male,
            male,
            male,
            male,
        ]


names = st.lists(st.text("abcdefgh", min_size=1, max_size=3), min_size=2, max_size=14, unique=True)
conversations = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 13)), min_size=1, max_size=40)


@st.composite
def scripts(draw: st.DrawFn) -> tuple[list[Line], dict[str, Gender]]:
    people = draw(names)
    gender: st.SearchStrategy[Gender] = st.sampled_from(("female", "male", "unknown"))
    genders = {name: draw(gender) for name in people}
    lines: list[Line] = [(paragraph, people[who % len(people)]) for paragraph, who in draw(conversations)]
    return sorted(lines, key=lambda line: line[0]), genders


def pool_sizes(size: int) -> StorySettings:
    pools = {gender: pool[:size] for gender, pool in DEFAULTS.pools.items()}
    return replace(DEFAULTS, pools=pools)


@pytest.mark.slow
@given(scripts(), st.integers(1, 8))
@settings(deadline=None)
def test_a_cast_always_fits(story: tuple[list[Line], dict[str, Gender]], size: int) -> None:
    lines, genders = story
    chosen = pool_sizes(size)
    script = script_of(lines, genders)
    cast = assign_voices(script, chosen)
    partners = find_partners(script)
    for name, others in partners.items():
        role = cast.by_speaker[name]
        pool = {voice.id for voice in chosen.pools[role.gender]}
        assert role.voice.id in pool
        assert role.voice.id != chosen.narrator.id
        heard = {cast.voice_of(other).id for other in others}
        # Shared only where the partners have every voice of the pool, and then not in the same pitch,
        # while a pitch is left.
        assert role.voice.id not in heard or pool <= heard or len(others) >= len(pool)
        if len(others) < 3 * len(pool):
            assert role.voice not in {cast.voice_of(other) for other in others}


@pytest.mark.slow
@given(scripts(), st.integers(2, 5))
@settings(deadline=None)
def test_neither_amount_nor_order_changes_a_cast_while_the_parts_stay(
    story: tuple[list[Line], dict[str, Gender]], times: int
) -> None:
    lines, genders = story
    before = ids(assign_voices(script_of(lines, genders), DEFAULTS))
    more = [line for line in lines for _ in range(times)]
    backwards = sorted(((1000 - paragraph, name) for paragraph, name in more), key=lambda line: line[0])
    assert ids(assign_voices(script_of(backwards, genders), DEFAULTS)) == before


@pytest.mark.slow
@given(scripts(), st.data())
@settings(deadline=None)
def test_who_has_a_small_part_comes_and_goes_without_moving_a_larger_one(
    story: tuple[list[Line], dict[str, Gender]], data: st.DataObject
) -> None:
    lines, genders = story
    leaving = data.draw(st.sampled_from(sorted({name for _, name in lines if name})))
    # Everybody else speaks so often, out of each other's way, that their parts do not depend on one line.
    rest = [line for line in lines if line[1] != leaving]
    often = [(1000 * (1 + n) + p, name) for n in range(60) for p, name in rest]
    one = [line for line in lines if line[1] == leaving][:1]
    with_them, without = script_of([*one, *often], genders), script_of(often, genders)
    speakers = find_partners(without)
    parts = find_parts(with_them, find_partners(with_them))
    assume(rest and parts[leaving] == "minor" and parts.items() >= find_parts(without, speakers).items())
    before, after = (ids(assign_voices(script, DEFAULTS)) for script in (with_them, without))
    assert {name: before[name] for name in speakers if parts[name] != "minor"} == {
        name: after[name] for name in speakers if parts[name] != "minor"
    }


def test_who_joins_seldom_moves_anybody() -> None:
    """A fifth lead beside four; a smaller part moves none of them (above)."""
    moved = held = 0
    for seed in range(50):
        cast = [f"{name}{seed}" for name in WOMEN[:5]]
        before = ids(assign_voices(script_of(together(cast[:4])), DEFAULTS))
        after = ids(assign_voices(script_of(together(cast)), DEFAULTS))
        moved += sum(after[name] != voice for name, voice in before.items())
        held += 4
    assert moved / held < 0.4


def test_casts_are_the_same_in_every_run() -> None:
    """Changing what is asserted here recasts, and so makes anew, everybody's finished audiobooks."""
    cast = assign_voices(script_of(together(WOMEN[:3])), DEFAULTS)
    assert ids(cast) == {
        NARRATOR: "en-gb-x-rp",
        "Anna": "en-us+Annie",
        "Bea": "en-us+f2",
        "Clara": "en-gb-x-gbcwmd+f1",
    }


@pytest.mark.parametrize("gender", ["female", "male"])
def test_who_share_scenes_sound_farther_apart_than_by_chance(gender: Gender) -> None:
    def nearest(voices: Iterable[Voice]) -> float:
        return min(measure_distance(one, other) for one, other in combinations(voices, 2))

    for size in (2, 3, 4):
        chance = mean(map(nearest, combinations(DEFAULTS.pools[gender], size)))
        cast_so = []
        for seed in range(60):
            names = [f"{name}{seed}" for name in WOMEN[:size]]
            cast = assign_voices(script_of(together(names), dict.fromkeys(names, gender)), DEFAULTS)
            cast_so.append(nearest(map(cast.voice_of, names)))
        assert mean(cast_so) > 1.03 * chance


def test_leads_have_clear_voices_and_minor_parts_share_before_them() -> None:
    leads = [line for n in range(60) for line in ((10 * n, "Anna"), (10 * n + 1, "Bea"))]
    minor = [(2000 + 10 * n, name) for n, name in enumerate(WOMEN[2:])]
    lines = [*leads, *minor, *((5000 + 10 * n, f"Extra{n}") for n in range(6))]
    cast = assign_voices(script_of(lines), DEFAULTS)
    own = {cast.voice_of("Anna").id, cast.voice_of("Bea").id}
    least = sorted(map(measure_clarity, DEFAULTS.pools["female"]))[8 // 3]
    assert all(measure_clarity(cast.voice_of(name)) >= least for name in ("Anna", "Bea"))
    assert cast.by_speaker["Anna"].why.startswith(f"women's pool{CLEAR}")
    others = {role.voice.id for role in cast.roles if role.speaker not in {"Anna", "Bea"}}
    assert not own & others
    assert "leading" not in cast.by_speaker["Clara"].why


def test_a_crowd_has_a_voice_of_its_own_and_crowds_share_it() -> None:
    names = ["the crowd", "everyone", "Zed", "Yve", "Xen", None]
    genders: dict[str, Gender] = {name: "unknown" for name in names if name}
    cast = assign_voices(script_of(apart([*names, *names, "Zed"]), genders), DEFAULTS)
    assert cast.voice_of("the crowd") == cast.voice_of("everyone")
    crowd = cast.voice_of("the crowd").id
    assert crowd not in {
        role.voice.id for role in cast.roles if role.speaker not in {"the crowd", "everyone"}
    }
    assert cast.by_speaker["the crowd"].why == "pool for unknown gender, many at once"
    assert [is_crowd(name) for name in ("several voices", "the men", "Mrs. Guests", "the man", "?")] == [
        True,
        True,
        False,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        ("en-us+f2", "en-us+f2", 0, 0),
        ("en-us+f2", "en-us+m3", 4, 7),
        ("en-us", "en-gb", 1, 2),
        ("en-us-nyc+f2", "en-us+f2", 1, 1.5),
        ("xx+nobody", "en-us", 2, 2),
    ],
)
def test_distances_are_what_is_heard(one: str, other: str, low: float, high: float) -> None:
    voices = [Voice(engine="pyttsx3", id=voice) for voice in (one, other)]
    assert low <= measure_distance(*voices) <= high
    assert measure_distance(*voices) == measure_distance(*reversed(voices))


def test_pitch_sets_apart_and_rate_does_not() -> None:
    voice = DEFAULTS.pools["male"][0]
    assert measure_distance(voice, replace(voice, pitch=voice.pitch + 16)) == pytest.approx(1.36)
    assert measure_distance(voice, replace(voice, rate=200, volume=0.5)) == 0
    tones = [Voice(engine="tone", id=name) for name in ("tone-low", "tone-high")]
    assert (measure_distance(*tones), measure_clarity(tones[0])) == (2.0, 0.44)


def test_every_built_in_voice_is_measured() -> None:
    for engine, table in (("pyttsx3", "espeak/cast.txt"), ("kokoro", "kokoro/cast.txt")):
        measured = read_acoustics(engine)
        for cast in read_casts(table, engine).values():
            voices = [cast.narrator, *(voice for pool in cast.pools.values() for voice in pool)]
            assert {voice.id for voice in voices} <= measured.keys()
        assert all(0 < row.clarity < 1 and len(row.colour_db) == 5 for row in measured.values())
    assert read_acoustics("tone") == {}


def test_a_cast_of_200_and_10000_lines_takes_no_time() -> None:
    random = Random(7)
    people = [f"Person {n}" for n in range(200)]
    genders: dict[str, Gender] = {name: random.choice(["female", "male", "unknown"]) for name in people}
    lines = [(n, people[min(int(random.expovariate(0.03)), 199)]) for n in range(10_000)]
    script = script_of(lines, genders)
    began = time.process_time()
    assign_voices(script, DEFAULTS)
    assert time.process_time() - began < 5  # 0.1 to 0.2 s, by what else the machine does
