"""Casting: voices.yaml becomes settings, and characters get their voices."""

from audiobook.casting.assign import assign_voices, find_stated
from audiobook.casting.load import default_voices_yaml, load_settings
from audiobook.casting.pin import Pin, pin_characters
from audiobook.casting.pronounce import Place, make_finder, spell_out
from audiobook.casting.schema import FindFault
from audiobook.casting.settings import (
    BookDetails,
    CastingMode,
    CharacterSettings,
    Credits,
    OutputSettings,
    Pauses,
    ReadingSettings,
    Settings,
    StorySettings,
    VoiceWish,
)
from audiobook.casting.yaml_words import write_scalar

__all__ = [
    "BookDetails",
    "CastingMode",
    "CharacterSettings",
    "Credits",
    "FindFault",
    "OutputSettings",
    "Pauses",
    "Pin",
    "Place",
    "ReadingSettings",
    "Settings",
    "StorySettings",
    "VoiceWish",
    "assign_voices",
    "default_voices_yaml",
    "find_stated",
    "load_settings",
    "make_finder",
    "pin_characters",
    "spell_out",
    "write_scalar",
]
