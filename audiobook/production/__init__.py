"""Production: the stages in order, with the clip cache and the workers that make it fast."""

from audiobook.production.auditions import Audition, audition_voices, list_voices
from audiobook.production.chapters import ChapterChoice, parse_chapters
from audiobook.production.checks import check_stories
from audiobook.production.edits import Editor, Undone
from audiobook.production.estimate import ENCODING_S_A_SECOND, SYNTHESIS_S_A_LETTER
from audiobook.production.pins import Pinned, pin_cast
from audiobook.production.project import Project, open_project
from audiobook.production.recipe import make_stories
from audiobook.production.rehearsal import Rehearsal, RehearsedStory, rehearse_stories
from audiobook.production.report import Listener, Report, StoryReport, TrackWork
from audiobook.production.run import Options
from audiobook.production.stories import read_story, script_and_cast
from audiobook.production.unmet import warn_of_unmet
from audiobook.production.upkeep import (
    Cleaned,
    Finding,
    cache_folder,
    clean_project,
    create_project,
    examine_machine,
)
from audiobook.production.workers import choose_jobs

__all__ = [
    "ENCODING_S_A_SECOND",
    "SYNTHESIS_S_A_LETTER",
    "Audition",
    "ChapterChoice",
    "Cleaned",
    "Editor",
    "Finding",
    "Listener",
    "Options",
    "Pinned",
    "Project",
    "Rehearsal",
    "RehearsedStory",
    "Report",
    "StoryReport",
    "TrackWork",
    "Undone",
    "audition_voices",
    "cache_folder",
    "check_stories",
    "choose_jobs",
    "clean_project",
    "create_project",
    "examine_machine",
    "list_voices",
    "make_stories",
    "open_project",
    "parse_chapters",
    "pin_cast",
    "read_story",
    "rehearse_stories",
    "script_and_cast",
    "warn_of_unmet",
]
