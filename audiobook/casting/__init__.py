"""Casting: voices.yaml becomes settings, and characters get their voices."""

from audiobook.casting.assign import assign_voices
from audiobook.casting.load import default_voices_yaml, load_settings
from audiobook.casting.pronounce import make_speller, spell_out
from audiobook.casting.schema import FindFault
from audiobook.casting.settings import (
    BookDetails,
    CastingMode,
    CharacterSettings,
    OutputSettings,
    Pauses,
    Settings,
    StorySettings,
    VoiceWish,
)

__all__ = [
    "BookDetails",
    "CastingMode",
    "CharacterSettings",
    "FindFault",
    "OutputSettings",
    "Pauses",
    "Settings",
    "StorySettings",
    "VoiceWish",
    "assign_voices",
    "default_voices_yaml",
    "load_settings",
    "make_speller",
    "spell_out",
]
