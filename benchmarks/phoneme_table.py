"""Ask eSpeak what each of its phonemes is in IPA, and write the table that `engines/` reads.

    python -m benchmarks.phoneme_table            compare the table with what this machine's eSpeak says
    python -m benchmarks.phoneme_table --write    write it anew

eSpeak prints the phonemes that it speaks, as IPA on request (`espeak_SetPhonemeTrace`).  For every table
of phonemes a voice that uses it is given each mnemonic, vowels alone and stressed, consonants before a
vowel (at a word's end some languages change them).  Where several sound as one, the plainest is kept.
"""

from __future__ import annotations

import argparse
import ctypes
import re
import sys
import unicodedata
from pathlib import Path

from audiobook.engines.espeak.catalogue import Catalogue
from audiobook.engines.espeak.process import package_folder
from audiobook.engines.espeak.tables import PhonemeTable, is_speech, read_sounds, read_tables

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "audiobook" / "engines" / "espeak" / "phonemes.txt"
MNEMONICS, IPA = 1, 2
_SYNCHRONOUS = 2
_UTF8, _PHONEME_INPUT = 1, 0x100
_FEWEST_VOWELS = 3
"""Of any language (Arabic, Quechua)."""
_HEADER = """\
// What each phoneme of eSpeak NG is in IPA, by table of phonemes; made by benchmarks/phoneme_table.py.
"""


class Tracer:
    """eSpeak in this process, asked for what it would say; not for sound, which it drops."""

    def __init__(self) -> None:
        import espeakng_loader

        self._espeak = ctypes.CDLL(espeakng_loader.get_library_path())
        self._libc = ctypes.CDLL(None)
        self._libc.open_memstream.restype = ctypes.c_void_p
        self._libc.fclose.argtypes = [ctypes.c_void_p]
        self._espeak.espeak_SetPhonemeTrace.argtypes = [ctypes.c_int, ctypes.c_void_p]
        text = (ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int)
        self._espeak.espeak_Synth.argtypes = [
            *text,
            ctypes.c_uint,
            ctypes.c_uint,
            ctypes.c_void_p,
            ctypes.c_void_p,
        ]
        self._espeak.espeak_Initialize(_SYNCHRONOUS, 1000, espeakng_loader.get_data_path().encode(), 0)
        callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
        self._drop = callback(lambda _wave, _count, _events: 0)
        self._espeak.espeak_SetSynthCallback(self._drop)

    def take_voice(self, file: str) -> None:
        """Speak with the voice of a file of `lang/`."""
        if self._espeak.espeak_SetVoiceByName(file.encode()):
            raise LookupError(f"eSpeak has no voice {file}")

    def trace(self, text: str, mode: int = IPA) -> str:
        """Return how eSpeak would say `text`, in which `[[…]]` is phonemes; clauses on lines."""
        buffer, size = ctypes.c_char_p(), ctypes.c_size_t()
        stream = self._libc.open_memstream(ctypes.byref(buffer), ctypes.byref(size))
        self._espeak.espeak_SetPhonemeTrace(mode, stream)
        data = text.encode()
        flags = _UTF8 | _PHONEME_INPUT
        self._espeak.espeak_Synth(data, len(data) + 1, 0, 1, 0, flags, None, None)
        self._espeak.espeak_SetPhonemeTrace(0, None)
        self._libc.fclose(stream)
        said = ctypes.string_at(buffer, size.value).decode()
        self._libc.free(buffer)
        return said.strip()


def sounds_of(tracer: Tracer, file: str, table: PhonemeTable) -> dict[str, str]:
    """Return the IPA of a table's phonemes → the plainest mnemonic, sorted."""
    tracer.take_voice(file)
    after = {vowel: _said(tracer, f"'{vowel}") for vowel in ("a", "@", "e", "u") if table.is_vowel(vowel)}
    found: dict[str, str] = {}
    for mnemonic in sorted(table.types, key=_plainness):
        if not is_speech(table.types[mnemonic]) or mnemonic.startswith("#"):
            continue
        if table.is_vowel(mnemonic):
            ipa = _said(tracer, f"'{mnemonic}")
        else:
            # Some vowels change after a soft consonant, and then can't be told from it.
            pairs = ((_said(tracer, table.join([mnemonic, "'", v])), sound) for v, sound in after.items())
            ipa = next((pair.removesuffix(sound) for pair, sound in pairs if pair.endswith(sound)), "")
            ipa = ipa if mnemonic == "j" else ipa.removesuffix("j")
        if re.fullmatch(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f]|[ːˑ˞])*", ipa) and ipa == ipa.lower():
            found.setdefault(ipa, mnemonic)
    # Where vowels come with tones there is no telling them: such languages have no table.
    vowels = sum(table.is_vowel(mnemonic) and mnemonic[-1] != "-" for mnemonic in found.values())
    return dict(sorted(found.items())) if vowels >= _FEWEST_VOWELS else {}


def _said(tracer: Tracer, word: str) -> str:
    said = tracer.trace(f"[[{word}]]").replace("ˈ", "").replace("\u200d", "")
    return unicodedata.normalize("NFD", said)


def _plainness(mnemonic: str) -> tuple[bool, bool, int, str]:
    letters = re.sub(r"[#/\d]", "", mnemonic)
    return not letters, letters != mnemonic, len(mnemonic), mnemonic


def ask_all() -> dict[str, dict[str, str]]:
    """Return the sounds of every table that some voice uses."""
    data = package_folder("espeakng_loader") / "espeak-ng-data"
    tables = read_tables(data)
    tracer = Tracer()
    files: dict[str, str] = {}
    for language in Catalogue(data).languages.values():
        files.setdefault(language.phonemes, language.file)
    found = {name: sounds_of(tracer, files[name], tables[name]) for name in sorted(files) if name in tables}
    return {name: sounds for name, sounds in found.items() if sounds}


def main() -> int:
    """Write the table, or say whether it still fits."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--write", action="store_true")
    found = ask_all()
    if parser.parse_args().write:
        lines = [f"{name} " + " ".join(f"{ipa}={m}" for ipa, m in found[name].items()) for name in found]
        TABLE.write_text(_HEADER + "\n".join(lines) + "\n", encoding="utf-8")
        return 0
    known = read_sounds()
    differing = sorted(name for name in known.keys() | found.keys() if known.get(name) != found.get(name))
    print(f"{len(found)} tables, {len(differing)} differ: {' '.join(differing)}")
    return bool(differing)


if __name__ == "__main__":
    sys.exit(main())
