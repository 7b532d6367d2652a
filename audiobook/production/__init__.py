"""Production: the stages in order, with the clip cache and the workers that make it fast."""

from audiobook.production.apart import Apart
from audiobook.production.auditions import Audition, audition_voices, audition_words, list_voices
from audiobook.production.chapters import ChapterChoice, parse_chapters
from audiobook.production.checks import check_stories
from audiobook.production.clips import ClipCache
from audiobook.production.covers import wish_cover
from audiobook.production.edits import Editor
from audiobook.production.hearing import Hearing, start_engine
from audiobook.production.installing import Tell, install_voice, list_available
from audiobook.production.journal import Undone
from audiobook.production.lexicons import are_unchanged
from audiobook.production.listening import FinishedTrack, list_finished
from audiobook.production.memory import Planned, StoryMemory, identify_file
from audiobook.production.pins import Pinned, pin_cast
from audiobook.production.progress import Meter
from audiobook.production.project import (
    Project,
    Source,
    find_stories,
    find_story,
    is_story_name,
    list_texts,
    make_folder,
    open_project,
    story_folder,
)
from audiobook.production.recipe import make_stories
from audiobook.production.rehearsal import Rehearsal, RehearsedStory, rehearse_stories
from audiobook.production.report import Listener, Report, Silent, StoryReport, TrackWork
from audiobook.production.run import Options, Run, prepare_run
from audiobook.production.script_cache import ScriptCache, read_through, script_key
from audiobook.production.shelf import ShelfStory, look_at_story, unreadable
from audiobook.production.sounds import HardWord, HardWords, find_hard_words
from audiobook.production.stories import read_settings, read_story, script_and_cast
from audiobook.production.unmet import warn_of_unmet
from audiobook.production.upkeep import (
    Cleaned,
    Finding,
    cache_folder,
    clean_project,
    create_project,
    examine_engine,
    examine_machine,
)
from audiobook.production.waveform import draw_waveform, find_waveform
from audiobook.production.workers import choose_jobs

__all__ = [
    "Apart",
    "Audition",
    "ChapterChoice",
    "Cleaned",
    "ClipCache",
    "Editor",
    "Finding",
    "FinishedTrack",
    "HardWord",
    "HardWords",
    "Hearing",
    "Listener",
    "Meter",
    "Options",
    "Pinned",
    "Planned",
    "Project",
    "Rehearsal",
    "RehearsedStory",
    "Report",
    "Run",
    "ScriptCache",
    "ShelfStory",
    "Silent",
    "Source",
    "StoryMemory",
    "StoryReport",
    "Tell",
    "TrackWork",
    "Undone",
    "are_unchanged",
    "audition_voices",
    "audition_words",
    "cache_folder",
    "check_stories",
    "choose_jobs",
    "clean_project",
    "create_project",
    "draw_waveform",
    "examine_engine",
    "examine_machine",
    "find_hard_words",
    "find_stories",
    "find_story",
    "find_waveform",
    "identify_file",
    "install_voice",
    "is_story_name",
    "list_available",
    "list_finished",
    "list_texts",
    "list_voices",
    "look_at_story",
    "make_folder",
    "make_stories",
    "open_project",
    "parse_chapters",
    "pin_cast",
    "prepare_run",
    "read_settings",
    "read_story",
    "read_through",
    "rehearse_stories",
    "script_and_cast",
    "script_key",
    "start_engine",
    "story_folder",
    "unreadable",
    "warn_of_unmet",
    "wish_cover",
]
