"""What a person asks of a run, and what every step of it needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

from audiobook.audio import Encoder, find_encoder
from audiobook.caching.clips import ClipCache
from audiobook.casting import Settings, StorySettings
from audiobook.errors import UsageError
from audiobook.model import TrackFormat
from audiobook.planning.cached_scripts import keep_plans
from audiobook.planning.chapters import WHOLE, Scope
from audiobook.planning.scripting import PlanScript, plan_script
from audiobook.planning.series import SeriesCasts
from audiobook.project.layout import Project, Source
from audiobook.project.settings import read_settings
from audiobook.publishing import CAPTIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a person asks of a run.

    `scope` says what of each book is made; `formats` and `base_url` stand over what the settings say of the
    output.  `in_order` has stories and chapters made one after the other, as they are read, and not in the
    order that ends soonest.  `scheduler` is the address of a Dask cluster that makes the tracks in this
    machine's place.
    """

    jobs: int | None = None
    scheduler: str | None = None
    force: bool = False
    in_order: bool = False
    scope: Scope = WHOLE
    formats: tuple[str, ...] | None = None
    base_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What is asked, of which project, and what is here to do it; `reads` gives a story's script and cast.

    `recognizer` is the folder of that which hears new clips, None where none does; `series` knows who was
    in earlier books, `folders` (in small letters) which story has which.  It `moves` files that lie where
    another layout had them.
    """

    project: Project
    settings: Settings
    encoder: Encoder
    cache: ClipCache
    options: Options
    reads: PlanScript = plan_script
    recognizer: Path | None = None
    series: SeriesCasts = field(default_factory=SeriesCasts)
    moves: bool = False
    folders: dict[str, str] = field(default_factory=dict)

    def settings_of(self, source: Source) -> StorySettings:
        """Say what is set for a story, with the people of earlier books of its series (`SeriesCasts`)."""
        return self.series.settle(self.project, self.settings, source.path, self.reads)

    def formats_of(self, name: str) -> tuple[str, ...]:
        """Say what to write of a story.  Raises `UsageError` for a podcast without an address.

        Of a part of a book it is no sample, no whole-book file, no text that lists its tracks, and of a
        preview no captions either.
        """
        formats = tuple(dict.fromkeys(self.options.formats or self.settings.for_story(name).formats))
        self.check_address(formats)
        if self.is_for_whole_books:
            return formats
        of_chapters = {*get_args(TrackFormat), *(CAPTIONS if self.options.scope.preview is None else ())}
        return tuple(name for name in formats if name in of_chapters) or ("mp3",)

    def check_address(self, formats: Sequence[str]) -> None:
        """Raise `UsageError` where a podcast is among the formats, and not where it will lie."""
        if "podcast" in formats and not self.base_url:
            raise UsageError(
                "a podcast needs the address where its files will lie: --base-url https://example.org/books, "
                "or output.base_url in voices.yaml"
            )

    @property
    def base_url(self) -> str:
        """Where a podcast will lie."""
        return self.options.base_url or self.settings.output.base_url or ""

    @property
    def is_for_whole_books(self) -> bool:
        """Whether the run is for all chapters of its stories."""
        return self.options.scope.is_whole


def prepare_run(
    project: Project,
    options: Options,
    cache_folder: Path,
    *,
    settings: Settings | None = None,
    keeps_scripts: bool = True,
) -> Run:
    """Read the settings, where they are not given, and find the encoder; scripts come by the cache.

    Raises `NarrateError` where one of them is at fault, or the options ask for what they lack.
    """
    settings = settings or read_settings(project)
    run = Run(
        project=project,
        settings=settings,
        encoder=find_encoder(settings.output.ffmpeg),
        cache=ClipCache(cache_folder / "clips"),
        options=options,
        reads=keep_plans(cache_folder, keeps=keeps_scripts),
    )
    run.check_address(options.formats or settings.output.formats)
    return run
