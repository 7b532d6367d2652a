"""A second opinion on when words sound: forced alignment by pocketsphinx, which knows nothing of the cues.

The whole track is aligned with the whole text in one go.  Two settings differ from pocketsphinx's own:
beams wide enough not to lose a synthetic voice within minutes of it, and silence between two words as
likely as none (`silprob`).  With its default of 0.005, which suits running speech, up to a sixth of the
first words swallow the pause before them: the closed lips of "but" are silent too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from audiobook.model import Cue
from tests.listening import Samples

SAMPLE_RATE = 16_000
_WIDE = {"beam": 1e-80, "pbeam": 1e-80, "wbeam": 1e-60, "silprob": 1.0}

_SAID = {
    "kamila": "K AH M IY L AH",
    "kuznetsova": "K UH Z N EH T S OW V AH",
    "viktoria": "V IH K T AO R IY AH",
}
"""Names of the sample stories that pocketsphinx's dictionary lacks."""


_WORD = re.compile(r"[a-z']*[a-z][a-z']*")


def split_words(text: str) -> list[str]:
    return [word.strip("'") for word in _WORD.findall(text.replace("’", "'").lower())]


def find_places(text: str) -> list[int]:
    """Return where in a text each of the words begins that `split_words` finds in it."""
    found = _WORD.finditer(text.replace("’", "'").lower())
    return [each.end() - len(each.group().lstrip("'")) for each in found]


def align_cues(samples: Samples, cues: Sequence[Cue]) -> Mapping[int, float]:
    """Return when the first word of each cue sounds, in seconds, by the cue's number.

    `samples` are mono at `SAMPLE_RATE` Hz, in −1…1.  Cues whose first word can't be aligned are missing;
    all are, where no alignment is found.
    """
    return {number: when for (number, place), when in align_words(samples, cues).items() if place == 0}


def align_words(samples: Samples, cues: Sequence[Cue]) -> Mapping[tuple[int, int], float]:
    """Return when the words of cues sound, as `align_cues` does, by the cue's number and the word's in it."""
    from pocketsphinx import Decoder

    decoder = Decoder(lm=None, loglevel="FATAL", **_WIDE)
    words: list[str] = []
    places: list[tuple[int, int]] = []
    for number, cue in enumerate(cues):
        for place, word in enumerate(split_words(cue.utterance.text)):
            if _know(decoder, word):
                words.append(word)
                places.append((number, place))
    decoder.set_align_text(" ".join(words))
    decoder.start_utt()
    decoder.process_raw((np.clip(samples, -1, 1) * 32_767).astype("<i2").tobytes(), full_utt=True)
    decoder.end_utt()
    if decoder.hyp() is None:
        return {}
    spoken = [segment for segment in decoder.seg() if segment.word[0] not in "<[("]
    assert len(spoken) == len(words)
    return {place: word.start_frame / 100 for word, place in zip(spoken, places, strict=True)}


def align_line(samples: Samples, text: str) -> list[tuple[float, float]]:
    """Return when each word of a line sounds, in seconds; nothing where a word can't be aligned."""
    from pocketsphinx import Decoder

    decoder = Decoder(lm=None, loglevel="FATAL", **_WIDE)
    words = split_words(text)
    if not words or not all(_know(decoder, word) for word in words):
        return []
    decoder.set_align_text(" ".join(words))
    decoder.start_utt()
    decoder.process_raw((np.clip(samples, -1, 1) * 32_767).astype("<i2").tobytes(), full_utt=True)
    decoder.end_utt()
    if decoder.hyp() is None:
        return []
    spoken = [segment for segment in decoder.seg() if segment.word[0] not in "<[("]
    return [(segment.start_frame / 100, (segment.end_frame + 1) / 100) for segment in spoken]


def _know(decoder: Any, word: str) -> bool:
    if decoder.lookup_word(word) is None:
        sounds = _sounds(decoder, word)
        if sounds is None:
            return False
        decoder.add_word(word, sounds, True)
    return True


def _sounds(decoder: Any, word: str) -> str | None:
    """Put a word together that the dictionary lacks: 's, or two words in one; else None."""
    known = decoder.lookup_word(word) or _SAID.get(word)
    if known is not None:
        return str(known)
    if word.endswith("'s") and (owner := _sounds(decoder, word[:-2])):
        last = owner.split()[-1]
        hisses, is_voiceless = last in {"S", "Z", "SH", "ZH", "CH", "JH"}, last in {"P", "T", "K", "F", "TH"}
        return f"{owner} {'IH Z' if hisses else 'S' if is_voiceless else 'Z'}"
    for cut in range(len(word) - 3, 2, -1):
        one, other = decoder.lookup_word(word[:cut]), decoder.lookup_word(word[cut:])
        if one and other:
            return f"{one} {other}"
    return None
