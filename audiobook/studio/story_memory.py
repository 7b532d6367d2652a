"""Stories as they were read, kept for as long as nothing that decides their script has changed."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from audiobook.caching.scripts import renew_origins
from audiobook.casting import StorySettings
from audiobook.errors import NarrateError
from audiobook.model import Book, Cast, Corrections, Script
from audiobook.planning.cached_scripts import ReadScript
from audiobook.planning.languages import cast_in_language
from audiobook.planning.scripting import cast_script, plan_script, read_script
from audiobook.project.layout import identify_source
from audiobook.reading import NO_WISH, ReadingWish
from audiobook.script import LineWords, foresee

_MOST_LETTERS = 6_000_000
"""About ten novels, whose scripts take some 20 MB each."""

_MOST_OF_ONE = 2
"""Scripts of one story: the last one is what a correction that is taken back leads to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStory:
    """A story's script and cast; not `is_settled` while it is being read with its latest corrections."""

    script: Script
    cast: Cast
    is_settled: bool = True


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a script depends on: its source, as the file is and the settings say, and the corrections."""

    source: tuple[object, ...]
    corrections: Corrections


@dataclass(frozen=True, slots=True)
class _Kept:
    """A story as it was read, with what that depended on; without `settings` it is to be cast anew."""

    reading: _Reading
    script: Script
    settings: StorySettings | None
    planned: tuple[Script, Cast]


@dataclass(slots=True, eq=False)
class _Story:
    """What is known of one story, newest last.

    `lock` guards it all and is never held for long; `work` is held by who reads the story, `search` by who
    finds the words of its lines.
    """

    lock: threading.Lock = field(default_factory=threading.Lock)
    work: threading.Lock = field(default_factory=threading.Lock)
    search: threading.Lock = field(default_factory=threading.Lock)
    kept: list[_Kept] = field(default_factory=list)
    foreseen: _Kept | None = None
    words: tuple[tuple[object, ...], LineWords] | None = None
    wanted: StorySettings | None = None
    is_at_work: bool = False
    failed: _Reading | None = None

    def recall(self, reading: _Reading, settings: StorySettings) -> _Kept | None:
        """Return a script that is known, cast as the settings are now; None where none is."""
        for kept in self.kept:
            if kept.reading == reading:
                script = renew_origins(kept.script, kept.reading.corrections, reading.corrections)
                if kept.settings == settings and script is kept.script:
                    return self.keep(kept)
                return self.keep(_Kept(reading, script, settings, cast_script(script, settings)))
        return None

    def keep(self, fresh: _Kept) -> _Kept:
        """Put a script in the last place."""
        others = [kept for kept in self.kept if kept.reading != fresh.reading]
        self.kept = [*others, fresh][-_MOST_OF_ONE:]
        self.foreseen = None
        return fresh


class StoryMemory:
    """Gives each story's script and cast, and works out only what a change has made stale.

    To find who speaks takes a novel seconds, to cast it a hundredth of that.  May be used from several
    threads; each story is worked on by one at a time.  `read` and `find_words` do the long parts, by
    default in this process.  When what `plan_now` had to leave open is known, `settling` is called with it
    before it is given to anybody, to make ready what will be asked, and `settled` then.
    """

    def __init__(
        self,
        read: ReadScript = read_script,
        find_words: Callable[[Path, StorySettings, Book], LineWords] = lambda _path, _settings, book: (
            LineWords(book)
        ),
        settling: Callable[[Path, StorySettings, PlannedStory], None] = lambda _path, _settings, _planned: (
            None
        ),
        settled: Callable[[Path], None] = lambda _path: None,
    ) -> None:
        self._read = read
        self._find_words = find_words
        self._settling = settling
        self._settled = settled
        self._stories: dict[Path, _Story] = {}
        self._lock = threading.Lock()

    def plan_script(
        self, path: Path, settings: StorySettings, *, preview: int | None = None, wish: ReadingWish = NO_WISH
    ) -> tuple[Script, Cast]:
        """Return what `scripting.plan_script` would: the very same objects while nothing has changed."""
        if preview is not None or wish != NO_WISH:
            return plan_script(path, settings, preview=preview, wish=wish)
        return self._recall(path, settings).planned

    def read_script(self, path: Path, settings: StorySettings) -> Script:
        """Return what `scripting.read_script` would: the script before it is cast and divided."""
        return self._recall(path, settings).script

    def plan_now(self, path: Path, settings: StorySettings) -> PlannedStory:
        """Return what `plan_script` does, or without waiting what is certain of it.

        Where only corrections have changed since the story was read, what they say themselves is applied
        (`script.foresee`), and the story is read with them on a thread.
        """
        story = self._story(path)
        reading = _identify_reading(path, settings)
        with story.lock:
            known = story.recall(reading, settings)
            if known is not None:
                return _plan(known)
            base = next(
                (kept for kept in reversed(story.kept) if kept.reading.source == reading.source), None
            )
            has_failed = story.failed == reading
        if base is None or has_failed:
            return _plan(self._settle(story, path, settings))
        has_new_lines = not set(reading.corrections.lines) <= set(base.reading.corrections.lines)
        words = self.words(path, settings, base.script.book) if has_new_lines else None
        with story.lock:
            foreseen = story.foreseen
            if foreseen is None or foreseen.reading != reading or foreseen.settings != settings:
                foreseen = story.foreseen = _foresee(base, reading, settings, words)
                story.wanted = settings
                if not story.is_at_work:
                    story.is_at_work = True
                    threading.Thread(target=self._work, args=(story, path), daemon=True).start()
        return PlannedStory(script=foreseen.planned[0], cast=foreseen.planned[1], is_settled=False)

    def words(self, path: Path, settings: StorySettings, book: Book) -> LineWords:
        """Return the words of the lines of a story that was read as `book`."""
        story = self._story(path)
        source = _identify_reading(path, settings).source
        with story.search:
            if story.words is None or story.words[0] != source:
                story.words = (source, self._find_words(path, settings, book))
            words = story.words[1]
        # The file may have been saved since it was read: then these are the words of other lines.
        return words if words.text == book.text else LineWords(book)

    def forget_casts(self) -> None:
        """Have each story cast anew when it is asked for: there are other voices than before."""
        with self._lock:
            stories = list(self._stories.values())
        for story in stories:
            with story.lock:
                story.kept = [replace(kept, settings=None) for kept in story.kept]
                story.foreseen = None

    def _recall(self, path: Path, settings: StorySettings) -> _Kept:
        story = self._story(path)
        reading = _identify_reading(path, settings)
        with story.lock:
            known = story.recall(reading, settings)
        return known or self._settle(story, path, settings)

    def _settle(
        self, story: _Story, path: Path, settings: StorySettings, *, is_awaited: bool = True
    ) -> _Kept:
        """Read a story, unless another thread has just done so."""
        with story.work:
            reading = _identify_reading(path, settings)
            with story.lock:
                known = story.recall(reading, settings)
            if known is not None:
                return known
            try:
                script = self._read(path, settings)
                fresh = _Kept(reading, script, settings, cast_script(script, settings))
            except Exception:
                story.failed = reading
                raise
            if not is_awaited:
                self._settling(path, settings, _plan(fresh))
            with story.lock:
                story.failed = None
                story.keep(fresh)
        self._let_go(path)
        return fresh

    def _work(self, story: _Story, path: Path) -> None:
        """Read a story until it is read as it was wanted last, and tell so each time."""
        while True:
            with story.lock:
                settings, story.wanted = story.wanted, None
                story.is_at_work = settings is not None
            if settings is None:
                return
            try:
                with contextlib.suppress(NarrateError):  # whoever asks for the script is told
                    self._settle(story, path, settings, is_awaited=False)
                self._settled(path)
            except Exception:
                story.is_at_work = False
                raise

    def _story(self, path: Path) -> _Story:
        with self._lock:
            story = self._stories.pop(path, None) or _Story()
            self._stories[path] = story
            return story

    def _let_go(self, path: Path) -> None:
        """Let go of the stories that were asked for first where there are too many letters."""
        with self._lock:
            letters = {
                other: sum(len(kept.script.book.text) for kept in story.kept)
                for other, story in self._stories.items()
            }
            total = sum(letters.values())
            for other in list(letters):
                if total <= _MOST_LETTERS:
                    break
                if other != path and not self._stories[other].is_at_work:
                    total -= letters[other]
                    del self._stories[other]


def _plan(kept: _Kept) -> PlannedStory:
    return PlannedStory(script=kept.planned[0], cast=kept.planned[1])


def _foresee(base: _Kept, reading: _Reading, settings: StorySettings, words: LineWords | None) -> _Kept:
    before = base.reading.corrections
    script = foresee(
        base.planned[0], before, reading.corrections, lambda fix: words.find(fix) if words else None
    )
    # The book as it was read: what there is to say of its language was said of the script that was planned.
    return _Kept(
        reading, script, settings, cast_in_language(replace(script, book=base.script.book), settings)
    )


def _identify_reading(path: Path, settings: StorySettings) -> _Reading:
    source = (identify_source(path), settings.reading, settings.details)
    return _Reading(source, settings.corrections)
