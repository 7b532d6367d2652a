"""The process that asks eSpeak NG how words sound; `words.py` runs this file as a program of its own.

It reads words from its standard input, one a line.  On its standard error eSpeak prints its search for each
(`espeak_SetPhonemeTrace`: "Found: …" for what its dictionary has, "Translate …" for what its rules make),
which it follows with a line of its own: `MARK`, the mnemonics, a tab, the IPA.  It speaks nothing and shares
nothing with the process that does, so that no clip waits for it or differs by it.
"""

from __future__ import annotations

import ctypes
import os
import sys

MARK = "\x01"

_RETRIEVAL = 1
"""espeak_AUDIO_OUTPUT of speak_lib.h: no sound."""
_UTF8 = 1
_AS_MNEMONICS, _AS_IPA = 0, 2
_TRACED = 8
"""espeakPHONEMES_TRACE: what the program espeak-ng does with -X."""


def main() -> None:
    """Answer for each word of the standard input, in the voice named by the arguments."""
    library, data, voice = sys.argv[1:]
    espeak = ctypes.CDLL(library)
    os.chdir(data)  # as in server.py
    if espeak.espeak_Initialize(_RETRIEVAL, 0, b".", 0) <= 0:
        sys.exit(f"eSpeak NG can't read its data in {data}")
    if espeak.espeak_SetVoiceByName(voice.encode()):
        sys.exit(f"eSpeak NG does not know its own voice {voice}")
    espeak.espeak_TextToPhonemes.restype = ctypes.c_char_p
    for line in sys.stdin.buffer:
        word = line.rstrip(b"\r\n")
        espeak.espeak_SetPhonemeTrace(_TRACED, None)
        mnemonics = _transcribe(espeak, word, _AS_MNEMONICS)
        espeak.espeak_SetPhonemeTrace(0, None)
        ipa = _transcribe(espeak, word, _AS_IPA)
        # The C library keeps nothing back of its standard error, so what is written comes in order.
        os.write(2, MARK.encode() + mnemonics + b"\t" + ipa + b"\n")


def _transcribe(espeak: ctypes.CDLL, word: bytes, mode: int) -> bytes:
    text = ctypes.c_char_p(word)
    parts = []
    while text.value is not None:  # a clause at a time; after the last, eSpeak sets it to NULL
        parts.append(espeak.espeak_TextToPhonemes(ctypes.byref(text), _UTF8, mode) or b"")
    return b" ".join(part.strip() for part in parts if part.strip())


if __name__ == "__main__":
    main()
