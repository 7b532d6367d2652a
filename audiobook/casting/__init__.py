"""Casting: voices.yaml becomes settings, and characters get their voices."""

from audiobook.casting.assign import assign_voices, find_stated
from audiobook.casting.delivery import Delivered, Manner, Vary, at_pace, deliver, keep_flow
from audiobook.casting.earlier_books import find_earlier, is_named
from audiobook.casting.languages import Localize, fit_foreign, fit_voices
from audiobook.casting.load import AUTO, default_voices_yaml, load_servers, load_settings
from audiobook.casting.pronounce import Place, Spelled, make_finder, spell, spell_out
from audiobook.casting.pronunciation_readers import make_pronunciation, tell_pronunciation
from audiobook.casting.settings import (
    BookDetails,
    CastingMode,
    CharacterSettings,
    ChosenBy,
    Credits,
    EarlierRole,
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
    forget_pronunciation,
    state_aliases,
    state_characters,
    state_details,
    state_gender,
    state_lines,
    state_pronunciation,
    state_voice,
)
from audiobook.casting.voice_readers import SERVER, FindFault, KnownEngines, find_engine
from audiobook.yamledit.words import write_scalar

__all__ = [
    "AUTO",
    "SERVER",
    "BookDetails",
    "CastingMode",
    "CharacterSettings",
    "ChosenBy",
    "Credits",
    "Delivered",
    "EarlierRole",
    "FindFault",
    "KnownEngines",
    "Localize",
    "Manner",
    "OutputSettings",
    "Pauses",
    "Place",
    "ReadingSettings",
    "Settings",
    "Spelled",
    "StorySettings",
    "Vary",
    "VoiceWish",
    "assign_voices",
    "at_pace",
    "default_voices_yaml",
    "deliver",
    "find_earlier",
    "find_engine",
    "find_stated",
    "fit_foreign",
    "fit_voices",
    "forget_character",
    "forget_line",
    "forget_pronunciation",
    "is_named",
    "keep_flow",
    "load_servers",
    "load_settings",
    "make_finder",
    "make_pronunciation",
    "spell",
    "spell_out",
    "state_aliases",
    "state_characters",
    "state_details",
    "state_gender",
    "state_lines",
    "state_pronunciation",
    "state_voice",
    "tell_pronunciation",
    "write_scalar",
]
