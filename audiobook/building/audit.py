"""Checking finished files: which there should be, what each should hold, and who looks at them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from audiobook.audio import Encoder, find_encoder
from audiobook.building.files_to_check import describe_book, describe_file
from audiobook.building.hearing import FileToHear, TellTime, describe_lines, hear_files, measure_effort
from audiobook.building.recipe import plan_stories
from audiobook.building.report import RunListener, StoryReport
from audiobook.building.run import Options
from audiobook.building.survey import StoryWork
from audiobook.building.unclear import describe_heard, forget_unclear, keep_unclear
from audiobook.building.workers import Workers, choose_jobs, count_cores
from audiobook.checking import (
    BookToCheck,
    CheckedFile,
    CheckReport,
    FileToCheck,
    Finding,
    HeardLine,
    Profile,
    StoryFindings,
    check_book,
    check_file,
    judge_source,
    judge_spread,
    judge_titles,
    pass_over,
)
from audiobook.choices import FORMATS
from audiobook.errors import NarrateError, StorageError
from audiobook.files import add_own_names
from audiobook.model import Script
from audiobook.planning.plans import TrackPlan
from audiobook.planning.samples import SAMPLE
from audiobook.project.layout import Project
from audiobook.project.settings import read_settings
from audiobook.publishing import read_mark

_POLL_S = 0.2
TellCount = Callable[[int, int], None]
"""Is told how many files have been checked, of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """That finished files are to be heard: by the recognizer in a folder."""

    recognizer: Path
    tell: TellTime | None = None


@dataclass(slots=True, kw_only=True, eq=False)
class _Story:
    """A story while its files are being checked."""

    report: StoryReport
    work: StoryWork | None
    is_whole: bool
    files_to_check: list[FileToCheck] = field(default_factory=list)
    books_to_check: list[BookToCheck] = field(default_factory=list)
    files_to_hear: list[FileToHear] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    files: list[CheckedFile] = field(default_factory=list)
    heard: list[HeardLine] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def all_to_check(self) -> list[FileToCheck | BookToCheck]:
        """Its files as they are listed: the chapters', then those of the whole book."""
        return [*self.files_to_check, *self.books_to_check]


def check_stories(
    project: Project,
    names: Sequence[str],
    options: Options,
    listener: RunListener,
    *,
    profile: Profile,
    cache_folder: Path,
    pictures: Path | None = None,
    tell: TellCount | None = None,
    hearing: Hearing | None = None,
) -> CheckReport:
    """Check the finished files of the named stories (all without a name); nothing is made or changed.

    A story that can't be read has an error.  `pictures` is the folder where each file is drawn, if any.
    With `hearing` a recognizer listens to the chapters, in the first of their formats.
    As many parameters as the command `check` has questions: nothing else calls it.
    Raises `NarrateError` as `make_stories`.
    """
    report, works = plan_stories(project, names, options, listener, cache_folder=cache_folder)
    ffmpeg = find_encoder(read_settings(project).output.ffmpeg)
    stories = [
        _open_story(story, work, options, pictures, hears=hearing is not None)
        for story, work in zip(report.stories, works, strict=True)
    ]
    jobs = options.jobs or count_cores()
    if hearing is not None:
        _hear_files(stories, hearing, ffmpeg, options.jobs)
        _keep_unclear(project, stories, listener)
    _check_files(stories, profile, ffmpeg, jobs, tell)
    found = tuple(_conclude(story, profile) for story in stories)
    measured = _list_figures(stories)
    across = judge_spread(measured, profile) if len(found) > 1 else ()
    return CheckReport(stories=found, findings=tuple(across))


def find_files_to_hear(
    project: Project, names: Sequence[str], options: Options, listener: RunListener, *, cache_folder: Path
) -> list[FileToHear]:
    """Return the finished files of stories that a recognizer can hear, as `check_stories` would."""
    report, works = plan_stories(project, names, options, listener, cache_folder=cache_folder)
    stories = [
        _open_story(story, work, options, None, hears=True)
        for story, work in zip(report.stories, works, strict=True)
    ]
    return [file for story in stories for file in story.files_to_hear]


def _open_story(
    report: StoryReport,
    work: StoryWork | None,
    options: Options,
    pictures: Path | None,
    *,
    hears: bool,
) -> _Story:
    """Look for a story's files: those that should be there, and those that should not."""
    is_whole = options.scope.is_whole
    story = _Story(report=report, work=work, is_whole=is_whole, errors=list(report.errors))
    if work is None:
        return story
    tracks = [track for track in work.plan.tracks if track.codec in FORMATS]
    for track in tracks:
        if track.path.is_file():
            picture = pictures / f"{track.path.parent.name} - {track.path.name}.svg" if pictures else None
            wanted = describe_file(track, report.reasons.get(track.path, ()), picture)
            story.files_to_check.append(wanted)
            if hears and track.codec == tracks[0].codec:
                _plan_hearing(story, wanted, track)
        else:
            story.findings.append(_missing(track.path))
    for edition in work.all_editions:
        if edition.path.is_file():
            book = describe_book(edition, report.reasons.get(edition.path, ()))
            story.books_to_check.append(book)
            if hears and not tracks:
                plans = {plan.path: plan for plan in edition.parts}
                for part in book.parts:
                    _plan_hearing(story, part, plans[part.path])
        else:
            story.findings.append(_missing(edition.path))
    if is_whole:
        story.findings += _find_strangers(work.plan.folder, [track.path for track in tracks])
    return story


def _plan_hearing(story: _Story, wanted: FileToCheck, plan: TrackPlan) -> None:
    """Have a file heard, where it tells what its lines are."""
    if wanted.track is not None and story.work is not None:
        found = describe_lines(plan, wanted.track, story.work.plan.script)
        story.files_to_hear += [found] if found else []


def _missing(path: Path) -> Finding:
    return Finding(
        file=path, figure="up to date", value="missing", limit="there", passed=False, remark="run narrate"
    )


def _find_strangers(folder: Path, expected: Sequence[Path]) -> list[Finding]:
    """Find files that a player would take for a part of the book, and that are none."""
    wanted = add_own_names(expected, folder.glob("*"))
    suffixes = {path.suffix for path in expected}
    found = []
    for path in sorted(folder.glob("*")):
        if path.suffix not in suffixes or path.resolve() in wanted or path.stem == SAMPLE:
            continue
        is_own = read_mark(path, whole=False) is not None
        remark = "made of a story as it was: narrate clean removes it" if is_own else "move it elsewhere"
        found.append(
            Finding(
                file=path,
                figure="belongs here",
                value="made earlier" if is_own else "not made by narrate",
                limit="only files of this book",
                passed=False,
                remark=remark,
            )
        )
    return found


def _hear_files(stories: Sequence[_Story], hearing: Hearing, ffmpeg: Encoder, jobs: int | None) -> None:
    """Let a recognizer listen, and give each file's check what it has heard."""
    files = list({wanted.path: wanted for story in stories for wanted in story.files_to_hear}.values())
    jobs = jobs or choose_jobs([measure_effort(files)])
    heard = hear_files(files, hearing.recognizer, ffmpeg, jobs, hearing.tell)
    for story in stories:
        for place, wanted in enumerate(story.files_to_check):
            lines = heard.get(wanted.path)
            if lines is not None:
                story.files_to_check[place] = replace(wanted, heard=lines)
                story.heard += lines
            else:
                story.findings.append(pass_over(wanted.path, _why_unheard(story, wanted)))
        if not story.files_to_check:
            _hear_parts(story, heard)


def _keep_unclear(project: Project, stories: Sequence[_Story], listener: RunListener) -> None:
    """Note what was not heard for the studio; where that can't be written, the check goes on."""
    for story in stories:
        if story.work is None or not story.heard:
            continue
        plan = story.work.plan
        found = describe_heard(story.heard, plan.script.chapters)
        try:
            keep_unclear(project, plan.name, "check", found)
            if story.is_whole:
                forget_unclear(project, plan.name, "check", found)
        except StorageError as error:
            listener.note(f"warning: {error}; the studio will not show what was heard")


def _hear_parts(story: _Story, heard: Mapping[Path, Sequence[HeardLine]]) -> None:
    """Give the check of a book in one file what was heard of the chapters that it was joined of."""
    for place, book in enumerate(story.books_to_check):
        lines: list[HeardLine] = []
        begins_s = 0.0
        for part in book.parts:
            lines += [
                replace(line, file=book.path, start_s=line.start_s + begins_s, end_s=line.end_s + begins_s)
                for line in heard.get(part.path, ())
            ]
            begins_s += part.track.seconds if part.track else 0.0
        is_whole = len(book.parts) == len(book.chapters) and all(part.track for part in book.parts)
        if lines and is_whole:
            story.books_to_check[place] = replace(book, heard=lines)
            story.heard += lines
        elif book.path.suffix == ".m4b":
            why = (
                "the encoded chapters that it was joined of, which tell its lines, are no longer in the cache"
            )
            story.findings.append(pass_over(book.path, why))


def _why_unheard(story: _Story, wanted: FileToCheck) -> str:
    first = story.files_to_check[0].path
    if wanted.path.suffix != first.suffix or wanted.path.stem == SAMPLE:
        return f"made of the same clips as {first.name}"
    if all(wanted.path != each.path for each in story.files_to_hear):
        return "its lines are not those that are planned: run narrate"
    return "the recognizer knows English, and this is none; or it can't be decoded, or its process was killed"


def _check_files(
    stories: Sequence[_Story], profile: Profile, ffmpeg: Encoder, jobs: int, tell: TellCount | None
) -> None:
    """Let as many processes as asked for look at the files, the longest first."""
    queue = [(story, wanted) for story in stories for wanted in story.all_to_check]
    queue.sort(key=lambda entry: entry[1].path.stat().st_size)
    total, done = len(queue), 0
    with Workers(jobs) as workers:
        while queue or not workers.is_idle:
            while queue and workers.has_room:
                story, wanted = queue.pop()
                look = check_book if isinstance(wanted, BookToCheck) else check_file
                workers.submit(story, look, wanted, profile, ffmpeg)
            for label, future in workers.finished(_POLL_S):
                done += 1
                assert isinstance(label, _Story)  # noqa: S101 - submitted above
                try:
                    label.files.append(future.result())
                except NarrateError as error:
                    label.errors.append(str(error))
                if tell is not None:
                    tell(done, total)


def _conclude(story: _Story, profile: Profile) -> StoryFindings:
    """Put a story's findings in the order of its files, and compare the files with each other."""
    position = {wanted.path: number for number, wanted in enumerate(story.all_to_check)}
    story.files.sort(key=lambda checked: position[checked.path])
    findings = [finding for checked in story.files for finding in checked.findings]
    findings += story.findings
    findings += judge_spread(_list_figures([story]), profile)
    findings += judge_titles([wanted.path for wanted in story.files_to_check if wanted.path.suffix == ".mp3"])
    chapters = [wanted for wanted in story.files_to_check if wanted.path.stem != SAMPLE]
    if not chapters and not any(finding.value == "not checked" for finding in findings):
        chapters = [part for book in story.books_to_check for part in book.parts]
    if chapters and story.work is not None and story.is_whole and not story.errors:
        findings.append(_judge_source(chapters, story.work.plan.script))
    return StoryFindings(
        name=story.report.name,
        title=story.report.title,
        files=tuple(dict.fromkeys(f.file for f in findings if f.file is not None)),
        findings=tuple(findings),
        errors=tuple(story.errors),
        seconds=sum(checked.seconds for checked in story.files),
        heard=tuple(story.heard),
    )


def _list_figures(stories: Sequence[_Story]) -> list[tuple[Path, Mapping[str, float]]]:
    return [(file.path, file.figures) for story in stories for file in story.files if file.figures]


def _judge_source(files_to_check: Sequence[FileToCheck], script: Script) -> Finding:
    """Check the source against the cues of one kind of file: each kind holds the whole book."""
    tracks = [
        wanted.track
        for wanted in files_to_check
        if wanted.track and wanted.path.suffix == files_to_check[0].path.suffix
    ]
    spoken = [cue.utterance for track in tracks for cue in track.cues]
    return judge_source(script.book, spoken, script.skipped)
