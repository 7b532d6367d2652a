"""How words sound to eSpeak NG, and whether its dictionary has them or its rules make them up."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace

from audiobook.engines.base import WordSound
from audiobook.engines.espeak import sounds as protocol
from audiobook.engines.espeak.catalogue import Catalogue
from audiobook.engines.espeak.process import package_folder
from audiobook.errors import EngineError

_LIMIT_S = 60.0
"""10,000 words take two seconds."""

_FOUND = re.compile(r"^Found: '(.*)' \[", re.MULTILINE)


def sound_words(words: Sequence[str], identifier: str) -> tuple[WordSound, ...]:
    """Return how each word sounds in a voice, by eSpeak's own name of it.  Raises `EngineError`."""
    import espeakng_loader

    if not sys.executable:
        raise EngineError("eSpeak needs a Python interpreter to run in, and this program has none")
    lines = [" ".join(word.replace("\0", " ").split()) for word in words]
    command = [sys.executable, "-I", "-S", protocol.__file__]
    command += [espeakng_loader.get_library_path(), espeakng_loader.get_data_path(), identifier]
    try:
        done = subprocess.run(
            command,
            input="".join(f"{line}\n" for line in lines).encode("utf-8", "replace"),
            capture_output=True,
            timeout=_LIMIT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EngineError(f"eSpeak could not be asked how words sound: {error}") from error
    output = done.stderr.decode("utf-8", "replace").replace("\r\n", "\n")
    answers = output.split(protocol.MARK)
    if done.returncode or len(answers) != len(words) + 1:
        reason = output.strip() or f"exit status {done.returncode}"
        raise EngineError(f"eSpeak could not be asked how words sound: {reason}")
    # The trace of a word stands before its mark, its sounds behind it.
    traces = [answers[0], *(answer.partition("\n")[2] for answer in answers[1:])]
    sounds = [answer.partition("\n")[0].partition("\t") for answer in answers[1:]]
    return tuple(
        WordSound(
            word=word,
            notation=mnemonics,
            ipa=ipa.replace("_:", "").replace("_", ""),
            alphabet="espeak",
            is_known=_is_found(line, trace),
        )
        for word, line, trace, (mnemonics, _, ipa) in zip(words, lines, traces, sounds, strict=False)
    )


def sound_in_ipa(words: Sequence[str], language: str) -> tuple[WordSound, ...]:
    """Return how words sound to an engine that has its phonemes, in IPA, by eSpeak's rules for a language."""
    catalogue = Catalogue(package_folder("espeakng_loader") / "espeak-ng-data")
    sounds = sound_words(words, catalogue.identifier(language))
    return tuple(replace(sound, notation=sound.ipa, alphabet="ipa") for sound in sounds)


def _is_found(word: str, trace: str) -> bool:
    """Tell whether the dictionary had a word, or what is left of it without its ending.

    Of a word that is spelled out or put together it has but letters and pieces.
    """
    letters = sum(map(str.isalnum, word))
    return any(len(found) > 1 and 2 * len(found) >= letters for found in _FOUND.findall(trace))
