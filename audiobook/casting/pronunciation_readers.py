"""Read how words are to be said, as a person states it: `pronunciations` and `lexicons` of voices.yaml."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from audiobook.casting.readers import Reader, choice, listing, misfit, record, table, text
from audiobook.errors import SourceError
from audiobook.model import AS_IN, Origin, Pronunciation
from audiobook.yamledit.tree import Entry, Misfit, Node, Scalar, SettingFault

ReadLexicon = Callable[[str], Sequence[Pronunciation]]
"""Reads a lexicon, given its path as voices.yaml states it; raises `SourceError`, whose message is whole."""

_WORD = text("a word or phrase")
_RESPELLING = text("the word spelled as it sounds", pattern=r".*[^\W_].*")
_FILE = text("the path of a lexicon", longest=1000)
_ALPHABETS = ("ipa", "x-sampa", "espeak", "language")

PRONUNCIATION_KEYS: Mapping[str, Reader[Any]] = {
    "respelling": _RESPELLING,
    "ipa": text("the word's sounds in IPA"),
    "x-sampa": text("the word's sounds in X-SAMPA"),
    "espeak": text("the word's sounds in eSpeak's mnemonics"),
    # The shape of RFC 5646 tags; whether a voice's engine knows the language shows when it is asked.
    "language": text("a language tag like fr or pt-br", pattern=r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*"),
    "case": choice("true", "false"),
}


def read_pronunciations(path: str) -> Reader[dict[str, Pronunciation]]:
    """Read how words sound, from the mapping at a dotted path; "" stands for the top level."""
    return table(lambda entry: _read_pronunciation(entry, path), "a mapping from words to how they sound")


def read_lexicons(read: ReadLexicon | None, path: str) -> Reader[tuple[Pronunciation, ...]]:
    """Read the files that are listed at a dotted path, all together, each in its turn."""

    def read_file(node: Node) -> tuple[Pronunciation, ...]:
        name = _FILE(node)
        try:
            found = read(name) if read else ()
        except SourceError as error:
            message = f"expected a lexicon that can be read, got: {error}"
            raise Misfit(SettingFault(mark=node.mark, message=message)) from error
        origin = Origin(path=f"{path}: {name}", line=node.mark.line)
        return tuple(replace(each, origin=origin) for each in found)

    def read_all(node: Node) -> tuple[Pronunciation, ...]:
        files = listing(read_file, "a list of lexicons, like [names.pls]")(node)
        return tuple(each for file in files for each in file)

    return read_all


def _read_pronunciation(entry: Entry, path: str) -> Pronunciation:
    """Read a word's respelling, or a mapping with its sounds in one alphabet."""
    _WORD(Scalar(mark=entry.mark, text=entry.name, kind="text"))
    is_general = not path.startswith("stories.")
    origin = Origin(path=f"{path}.{entry.name}", line=entry.mark.line, is_general=is_general)
    if isinstance(entry.value, Scalar):
        return make_pronunciation(entry.name, {"respelling": _RESPELLING(entry.value)}, origin)
    what = f"the word spelled as it sounds, or a mapping with {', '.join(PRONUNCIATION_KEYS)}"
    values = record(PRONUNCIATION_KEYS, what)(entry.value)
    stated = [alphabet for alphabet in _ALPHABETS if alphabet in values]
    if len(stated) > 1:
        raise misfit(entry.value, f"one of {', '.join(_ALPHABETS)}", hint=f" with {' and '.join(stated)}")
    if not stated and "respelling" not in values:
        keys = ", ".join(("respelling", *_ALPHABETS))
        raise misfit(entry.value, f"a mapping with one of the keys {keys}", hint=" without any")
    return make_pronunciation(entry.name, values, origin)


def make_pronunciation(words: str, stated: Mapping[str, str], origin: Origin | None = None) -> Pronunciation:
    """Return how words are to be said by what is stated of them: keys of `PRONUNCIATION_KEYS`."""
    alphabet = next((each for each in _ALPHABETS if each in stated), "ipa")
    is_foreign = alphabet == "language"
    return Pronunciation(
        words=words,
        ph=words if is_foreign else stated.get(alphabet, ""),
        alphabet=f"{AS_IN}{stated[alphabet].lower()}" if is_foreign else alphabet,
        respelling=stated.get("respelling", ""),
        matches_case=stated.get("case") == "true",
        origin=origin,
    )


def tell_pronunciation(pronunciation: Pronunciation) -> dict[str, str]:
    """Return what `make_pronunciation` made one of."""
    alphabet, ph = pronunciation.alphabet, pronunciation.ph
    stated: dict[str, str] = {}
    if alphabet.startswith(AS_IN):
        stated["language"] = alphabet.removeprefix(AS_IN)
    elif ph:
        stated[alphabet] = ph
    if pronunciation.respelling:
        stated["respelling"] = pronunciation.respelling
    return stated | ({"case": "true"} if pronunciation.matches_case else {})
