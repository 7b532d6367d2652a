"""Words of another language within a text: said by that language's rules, in the sounds of the voice's own.

What they sound like is asked of eSpeak only when they are spoken (a process of its own, 60 ms), so that a
plan that holds such words starts none; until then their notation is the words with their language.
"""

from __future__ import annotations

from audiobook.engines.espeak.catalogue import Catalogue
from audiobook.engines.espeak.languages import localize
from audiobook.engines.espeak.notation import transcribe
from audiobook.engines.espeak.words import sound_words
from audiobook.errors import PhonemeError
from audiobook.model import AS_IN

_NO_SOUND = str.maketrans("", "", "0123456789-")
"""Tones are digits in eSpeak's IPA, and hyphens hold words together; neither is a sound."""


class ForeignSounds:
    """Keeps what foreign words sound like in each accent that has spoken them."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._ipa: dict[tuple[str, str], str] = {}

    def note(self, words: str, language: str, voice_id: str) -> str:
        """Return the notation of words of a language (a BCP 47 tag).  Raises `PhonemeError`."""
        found = localize(self._catalogue, voice_id, language)
        if found is None:
            raise PhonemeError(f"eSpeak knows no language {language!r}")
        return f"{AS_IN}{found.partition('+')[0]}: {words}"

    def sound(self, notation: str, voice_id: str) -> str:
        """Return a notation as mnemonics; what `note` made is looked up, all else stays as it is.

        It is nothing where the voice has no such sounds.
        """
        if not notation.startswith(AS_IN):
            return notation
        language, _, words = notation.removeprefix(AS_IN).partition(": ")
        if (language, words) not in self._ipa:
            (sound,) = sound_words([words], self._catalogue.identifier(language))
            self._ipa[language, words] = sound.ipa.translate(_NO_SOUND)
        table = self._catalogue.phoneme_table(voice_id)
        try:
            ipa = self._ipa[language, words]
            return transcribe(ipa, "ipa", table, is_english=self._catalogue.is_english(voice_id))
        except PhonemeError:
            return ""
