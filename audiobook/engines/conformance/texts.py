"""Checks of what is spoken: voices, whole texts, odd texts, and what can't be spoken."""

from __future__ import annotations

import random
import unicodedata
from dataclasses import replace
from itertools import pairwise

from audiobook.engines.base import PhoneticEngine, PronouncingEngine, VersionedEngine
from audiobook.engines.conformance.trial import TEXTS, Breach, Check, Trial, expect, level_of, wave_of
from audiobook.errors import EngineError, PhonemeError, SynthesisError
from audiobook.model import Phonemes

_AUDIBLE = 300
"""−41 dB of full scale, far below any speech."""
_SILENCE = 32
_EDGE_S = 0.015

_SCRIPTS = (
    "Привет мир",
    "Γειά σου",
    "こんにちは",
    "你好世界",
    "안녕하세요",
    "שלום",
    "مرحبا",
    "नमस्ते",
    "สวัสดี",
    "ﬁn Ⅻ ½",
    "𝔐𝔞𝔵",
)
_MARKUP = (
    '<break time="900s"/>a',
    "<speak>hello</speak>",
    "[[h@l'oU]] there",
    "a &amp; b",
    "\x0150P hello",
    "-o hello",
)
_EMPTY = ("", "   ", "…", "***", "\x00", "\u200b")


def check_voices(trial: Trial) -> str:
    """Expect the listed voices to be usable, and an unknown one to be refused with a hint."""
    entries = list(trial.engine.voices())
    if "listing" in trial.limits:
        expect(not entries, "declares that its voices can't be listed, and lists some")
    else:
        expect(bool(entries), "lists no voices, and does not declare the limit 'listing'")
    for entry in random.Random(1).sample(entries, min(5, len(entries))):  # noqa: S311 - any five will do
        fault = trial.engine.find_fault(entry.id)
        expect(fault is None, f"lists the voice {entry.id!r}, and objects to it: expected {fault}")
    fault = trial.engine.find_fault(trial.voice.id)
    expect(fault is None, f"objects to the voice {trial.voice.id!r}: expected {fault}")
    unknown = "no such voice"
    expect(bool(trial.engine.find_fault(unknown)), f"has no objection to the voice {unknown!r}")
    try:
        trial.engine.synthesize("Hello.", replace(trial.voice, id=unknown))
    except EngineError:
        return f"{len(entries):,} listed" if entries else "none listed, as declared"
    raise Breach(f"speaks with the voice {unknown!r}, and should raise EngineError")


def check_fingerprint(trial: Trial) -> str:
    """Expect one fingerprint from two objects, and one for the voice where voices have their own."""
    first, other = trial.engine.fingerprint, trial.open_engine().fingerprint
    expect(bool(first) and first == other, f"has the fingerprints {first!r} and {other!r}")
    if isinstance(trial.engine, VersionedEngine):
        own = trial.engine.voice_fingerprint(trial.voice.id)
        expect(bool(own) and own == trial.engine.voice_fingerprint(trial.voice.id), f"the voice has {own!r}")
        return f"{first}; {own}"
    return first


def check_sound(trial: Trial) -> str:
    """Expect sound of a plausible length at one sample rate, without silence around it."""
    rates = set()
    for text in TEXTS:
        clip = trial.speak(text)
        rates.add(clip.sample_rate)
        expect(len(clip.samples) % 2 == 0 and len(clip.samples) > 0, f"gives half a sample for {text!r}")
        share = clip.seconds / (len(text) / 15)
        expect(0.3 < share < 5, f"takes {clip.seconds:.2f} s for {text!r}")
        expect(level_of(clip) > _AUDIBLE, f"is hardly audible (RMS {level_of(clip):.0f}) in {text!r}")
        wave, edge = abs(wave_of(clip)), round(_EDGE_S * clip.sample_rate)
        for side, part in (("before", wave[:edge]), ("after", wave[-edge:])):
            expect(bool(part.max() > _SILENCE), f"leaves silence {side} {text!r}")
    rate = rates.pop()
    expect(not rates, f"changes its sample rate from text to text: {sorted({rate, *rates})}")
    expect(4_000 <= rate <= 192_000, f"states {rate} Hz")
    return f"{rate:,} Hz"


def check_whole_texts(trial: Trial) -> str:
    """Expect every further word to be heard: length grows word by word, and two texts take what both take."""
    words = "Seven brave sailors painted the wooden harbour gate bright yellow before supper".split()
    lengths = [trial.speak(" ".join(words[:count]) + ".").seconds for count in range(2, len(words) + 1, 2)]
    grows = all(after > before + 0.1 for before, after in pairwise(lengths))
    expect(grows, f"does not grow with the words: {', '.join(f'{each:.2f} s' for each in lengths)}")
    parts = [trial.speak(text).seconds for text in TEXTS]
    whole = trial.speak(" ".join(TEXTS)).seconds
    share = whole / sum(parts)
    expect(0.8 < share < 1.8, f"takes {whole:.1f} s for sentences that take {sum(parts):.1f} s one by one")
    return f"{len(TEXTS)} sentences together take {share:.0%} of one by one"


def check_long_texts(trial: Trial) -> str:
    """Expect a text of 10,000 characters whole."""
    return measure_long(trial, 1_000, 10_000)


def measure_long(trial: Trial, short: int, long: int) -> str:
    """Expect a long text to take as much longer than a short one as it is longer."""
    text = " ".join(TEXTS[:3] * (long // 100))
    one, other = (trial.speak(text[:size].rpartition(" ")[0], rate=400).seconds for size in (short, long))
    share = other / one / (long / short)
    expect(0.9 < share < 1.1, f"takes {one:.0f} s for {short:,} characters, and {other:.0f} s for {long:,}")
    return f"{long:,} characters take {other:.0f} s"


def check_any_text(trial: Trial) -> str:
    """Expect any letters to be spoken, or refused where that is declared, and nothing worse."""
    dice = random.Random(7)  # noqa: S311 - the same texts each time
    letters = [chr(code) for code in range(0x30, 0x2FFFF) if unicodedata.category(chr(code))[0] in "LN"]
    mixed = [chr(code) for code in range(0x2000) if chr(code) not in "\r\n"]
    texts = [*_SCRIPTS, *("".join(dice.choices(letters, k=6)) for _ in range(6))]
    texts += ["word " + "".join(dice.choices(mixed, k=20)) for _ in range(6)]
    refused = []
    for text in texts:
        try:
            expect(trial.speak(text).seconds > 0, f"gives nothing for {text!r}")
        except SynthesisError as error:
            refused.append(text)
            if "unicode" not in trial.limits:
                raise Breach(f"refuses {text!r}: {error}") from error
    plain = trial.speak("Straße, naïve, Łódź and “quotes”…").seconds
    expect(plain > 0.8, f"takes only {plain:.2f} s for words with accents")
    return f"{len(texts) - len(refused)} of {len(texts)} odd texts spoken" + (
        ", the others refused, as declared" if refused else ""
    )


def check_markup(trial: Trial) -> str:
    """Expect what looks like markup, phonemes or options to be read as it stands."""
    for text in _MARKUP:
        seconds = trial.speak(text).seconds
        expect(0.1 < seconds < 20, f"takes {seconds:.1f} s for {text!r}")
    return "read as it stands"


def check_nothing_to_say(trial: Trial) -> str:
    """Expect `SynthesisError` for a text without a letter or digit."""
    for text in _EMPTY:
        try:
            clip = trial.speak(text)
        except SynthesisError:
            continue
        raise Breach(f"gives {clip.seconds:.2f} s for {text!r}, and should raise SynthesisError")
    return "refused"


def check_phonemes(trial: Trial) -> str:
    """Expect phonemes to change the words that they are for, each time alike, and unknown ones refused."""
    engine = trial.engine
    if not isinstance(engine, PhoneticEngine):
        expect(not hasattr(engine, "transcribe"), "has `transcribe`, and `synthesize` takes no phonemes")
        return "takes none"
    notation = engine.transcribe("bəˈnɑːnə", "ipa", trial.voice.id)
    phonemes = (Phonemes(start=2, end=8, notation=notation),)
    plain = engine.synthesize("A tomato fell.", trial.voice)
    spoken = engine.synthesize("A tomato fell.", trial.voice, phonemes)
    trial.expect_same(plain, engine.synthesize("A tomato fell.", trial.voice, ()), "without phonemes")
    trial.expect_same(spoken, engine.synthesize("A tomato fell.", trial.voice, phonemes), "of equal phonemes")
    expect(plain != spoken, "speaks a word the same with phonemes and without")
    try:
        engine.transcribe("7", "ipa", trial.voice.id)
    except PhonemeError:
        return notation
    raise Breach("takes '7' for IPA, and should raise PhonemeError")


def check_word_sounds(trial: Trial) -> str:
    """Expect an account of each word, in order, the same for the same word, and no guess taken for known."""
    engine = trial.engine
    if not isinstance(engine, PronouncingEngine):
        return "can't tell how it says a word"
    words = ["tomato", "Xanthopoulou", "tomato", "don't", "…", ""]
    sounds = engine.pronounce(words, trial.voice.id)
    expect([sound.word for sound in sounds] == words, f"tells of {[sound.word for sound in sounds]}")
    expect(sounds[0] == sounds[2] != sounds[1], "tells equal words apart, or other words not")
    expect(all(sound.notation or sound.ipa for sound in sounds[:4]), "has no sounds for a word")
    expect(not sounds[1].is_known, "knows a word that no dictionary has")
    try:
        engine.pronounce(["a"], "no-such-voice")
    except EngineError:
        return sounds[1].ipa or sounds[1].notation
    raise Breach("tells how a voice speaks that there is not")


SPEECH: tuple[Check, ...] = (
    check_voices,
    check_fingerprint,
    check_sound,
    check_whole_texts,
    check_any_text,
    check_markup,
    check_nothing_to_say,
    check_long_texts,
    check_phonemes,
    check_word_sounds,
)
