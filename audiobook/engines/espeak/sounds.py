"""The process that asks eSpeak NG how words sound; `words.py` runs this file as a program of its own.

It reads words from its standard input, one a line, and writes for each what eSpeak prints of its search
(`espeak_SetPhonemeTrace`: "Found: …" for what its dictionary has, "Translate …" for what its rules make),
then a line of its own: `MARK`, the mnemonics, a tab, the IPA.  It speaks nothing and shares nothing with
the process that does, so that no clip waits for it or differs by it.
"""

from __future__ import annotations

import ctypes
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
    espeak, libc = ctypes.CDLL(library), ctypes.CDLL(None)
    if espeak.espeak_Initialize(_RETRIEVAL, 0, data.encode(), 0) <= 0:
        sys.exit(f"eSpeak NG can't read its data in {data}")
    if espeak.espeak_SetVoiceByName(voice.encode()):
        sys.exit(f"eSpeak NG does not know its own voice {voice}")
    libc.fdopen.restype = ctypes.c_void_p
    espeak.espeak_TextToPhonemes.restype = ctypes.c_char_p
    output = ctypes.c_void_p(libc.fdopen(1, b"w"))
    for line in sys.stdin.buffer:
        word = line.rstrip(b"\n")
        espeak.espeak_SetPhonemeTrace(_TRACED, output)
        mnemonics = _transcribe(espeak, word, _AS_MNEMONICS)
        espeak.espeak_SetPhonemeTrace(0, output)
        ipa = _transcribe(espeak, word, _AS_IPA)
        libc.fputs(MARK.encode() + mnemonics + b"\t" + ipa + b"\n", output)
    libc.fflush(output)


def _transcribe(espeak: ctypes.CDLL, word: bytes, mode: int) -> bytes:
    text = ctypes.c_char_p(word)
    parts = []
    while text.value is not None:  # a clause at a time; after the last, eSpeak sets it to NULL
        parts.append(espeak.espeak_TextToPhonemes(ctypes.byref(text), _UTF8, mode) or b"")
    return b" ".join(part.strip() for part in parts if part.strip())


if __name__ == "__main__":
    main()
