"""Casting: voices.yaml becomes settings, and characters get their voices."""

from audiobook.casting.assign import assign_voices, find_stated
from audiobook.casting.languages import Localize, fit_foreign, fit_voices
from audiobook.casting.load import built_in_narrator, default_voices_yaml, load_settings
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
from audiobook.casting.statements import (
    forget_character,
    forget_line,
    state_aliases,
    state_characters,
    state_gender,
    state_lines,
    state_voice,
)
from audiobook.casting.yaml_words import write_scalar

__all__ = [
    "BookDetails",
    "CastingMode",
    "CharacterSettings",
    "Credits",
    "FindFault",
    "Localize",
    "OutputSettings",
    "Pauses",
    "Place",
    "ReadingSettings",
    "Settings",
    "StorySettings",
    "VoiceWish",
    "assign_voices",
    "built_in_narrator",
    "default_voices_yaml",
    "find_stated",
    "fit_foreign",
    "fit_voices",
    "forget_character",
    "forget_line",
    "load_settings",
    "make_finder",
    "spell_out",
    "state_aliases",
    "state_characters",
    "state_gender",
    "state_lines",
    "state_voice",
    "write_scalar",
]
