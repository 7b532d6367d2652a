"""Where in a source's pages each utterance stands, page by page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from audiobook.model import Release, Utterance
from audiobook.publishing.epub.overlay import Overlay
from audiobook.publishing.epub.page import SourcePage, Target
from audiobook.publishing.epub.spread import spread_marks
from audiobook.publishing.epub.timeline import AudioClip, divide, lay_clips
from audiobook.reading.places import Places, Stretch


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedUtterance:
    """An utterance with its number in the book, what is heard of it, and where it stands.

    One without stretches (a credit) is heard with the next.
    """

    number: int
    utterance: Utterance
    clip: AudioClip
    stretches: tuple[Stretch, ...]


@dataclass(slots=True)
class Count:
    """How utterances came to elements: `near` have no words on the page, `divided` several elements."""

    utterances: int = 0
    near: int = 0
    divided: int = 0


@dataclass(slots=True)
class PagePlan:
    """What is heard with one page, in order."""

    placed: list[PlacedUtterance] = field(default_factory=list)


def place_utterances(release: Release, places: Places) -> dict[str, PagePlan]:
    """Return what is heard with each page, by the page's name, in reading order."""
    heard = [(number, *one) for number, one in enumerate(lay_clips(release.tracks), 1)]
    spans = _spread(release, [(number, track.chapter, utterance) for number, track, utterance, _ in heard])
    plans: dict[str, PagePlan] = {}
    waiting: list[PlacedUtterance] = []
    last = ""
    for number, _, utterance, clip in heard:
        stretches = tuple(places.within(*spans[number])) if number in spans else ()
        waiting.append(PlacedUtterance(number=number, utterance=utterance, clip=clip, stretches=stretches))
        if stretches:
            last = stretches[0].page
            plans.setdefault(last, PagePlan()).placed += waiting
            waiting = []
    if waiting and last:
        plans[last].placed += waiting
    return plans


def _spread(release: Release, heard: Sequence[tuple[int, int, Utterance]]) -> dict[int, tuple[int, int]]:
    """Return each utterance's span with the marks around it, by its number."""
    book = release.book
    chapters = {chapter.number: chapter for chapter in book.chapters}
    paragraphs: dict[tuple[int, int], list[tuple[int, Utterance]]] = defaultdict(list)
    for number, chapter, utterance in heard:
        if utterance.start < utterance.end:
            paragraphs[chapter, utterance.paragraph].append((number, utterance))
    spans: dict[int, tuple[int, int]] = {}
    for (chapter, index), own in paragraphs.items():
        paragraph = chapters[chapter].paragraphs[index - 1]
        utterances = [utterance for _, utterance in own]
        widened = spread_marks(book.text, paragraph.start, paragraph.end, utterances)
        spans.update(zip([number for number, _ in own], widened, strict=True))
    return spans


def mark_page(page: SourcePage, plan: PagePlan, overlay: Overlay, count: Count) -> None:
    """Give each utterance of a page its element, and fill the page's overlay."""
    targets: dict[int, list[Target]] = {}
    for one in reversed(plan.placed):
        targets[one.number] = page.mark(one.number, one.utterance, one.stretches) if one.stretches else []
        count.divided += len(targets[one.number]) > 1
    _point_near(page, plan, targets, count)
    count.utterances += len(plan.placed)
    waiting: list[AudioClip] = []
    last = ""
    for one in plan.placed:
        own = targets[one.number]
        if not own and not (last and one.stretches):
            waiting.append(one.clip)
            continue
        # What has no element of its own is heard with the utterance before it, a credit with the next.
        own = own or [Target(identity=last, letters=1)]
        for clip in waiting:
            overlay.add(own[0].identity, clip)
        waiting = []
        clips = divide(one.clip, [target.letters for target in own]) or [one.clip]
        for target, clip in zip(own, clips, strict=False):
            overlay.add(target.identity, clip)
            last = target.identity
    for clip in waiting:
        overlay.add(last, clip)


def _point_near(page: SourcePage, plan: PagePlan, targets: dict[int, list[Target]], count: Count) -> None:
    """Let what is not in the page as text point to an element near to it, where order allows that.

    A picture that stands between two sentences can have its description; a note that is read at the end of
    a paragraph can't have its marker, which stands in a sentence.
    """
    near = [one for one in plan.placed if one.stretches and not targets[one.number]]
    count.near += len(near)
    if not near:
        return
    places = {element: place for place, element in enumerate(page.root.iter())}
    by_id = {element.get("id"): element for element in places}
    last = -1
    for one in plan.placed:
        if not one.stretches:
            continue
        own = targets[one.number]
        if own:
            last = places[by_id[own[-1].identity]]
            continue
        element = page.elements[one.stretches[0].element]
        is_inside = any(above.get("id", "").startswith(page.prefix) for above in element.iterancestors())
        if element in places and places[element] > last and len(element) == 0 and not is_inside:
            targets[one.number] = [page.point_to(element, f"{page.prefix}{one.number}")]
            by_id[targets[one.number][0].identity] = element
            last = places[element]
