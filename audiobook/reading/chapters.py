"""From blocks and the places where chapters begin to a book's chapters and skips."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from audiobook.model import Chapter, Paragraph, Skip
from audiobook.reading.chapter_labels import find_label, plain_title, read_span
from audiobook.reading.choices import ReadingChoices
from audiobook.reading.cuts import PART, TITLE_PAGE, Cut
from audiobook.reading.flow import Block
from audiobook.reading.headings import is_label
from audiobook.reading.repeated_headings import drop_repeats
from audiobook.reading.semantics import LONGEST_MATTER, says_no_title
from audiobook.reading.titles import letters_of
from audiobook.words import count_words

SECOND_NUMBER = "second number"
_FEWEST_WORDS = 60
"""Words that a chapter without a title has at least."""
EMPTY = "empty"
"""Why an entry of the contents is left out behind which there is no text."""
_MOST_HEADINGS = 8
"""Of one chapter, one below the other."""


@dataclass(slots=True)
class _Section:
    cut: Cut | None
    blocks: list[Block] = field(default_factory=list)
    read: list[Block] = field(default_factory=list)
    """Those of its blocks that are read."""

    def has_body(self, text: str) -> bool:
        """Tell whether it is more than a title: headings, or a page with its title or a numeral alone."""
        words = [text[block.start : block.end] for block in self.read if block.level == 0]
        if len(words) == 1 == len(self.read):
            own = letters_of(self.cut.title) if self.cut else ""
            return letters_of(words[0]) != own and not is_label(words[0])
        return bool(words)


def assemble(
    blocks: Sequence[Block],
    text: str,
    cuts: Sequence[Cut],
    *,
    title: str,
    author: str | None = None,
    choices: ReadingChoices,
) -> tuple[tuple[Chapter, ...], tuple[Skip, ...]]:
    """Cut a text's blocks into chapters, and say what is left out.

    `title` names a book without chapters, and what stands before the first.  Sections without a
    paragraph of their own (the title of a part, say) are read at the head of the next.
    """
    blocks = _part_numbers(blocks, text)
    sections = _divide(blocks, text, [cut for cut in cuts if not cut.is_empty])
    skips = [
        Skip(start=cut.start, end=cut.start, reason=EMPTY, title=cut.title) for cut in cuts if cut.is_empty
    ]
    skips += _narrow_headings(blocks, text)
    _set_matter(sections, text)
    _find_title_page(sections, text, title, author or "")
    for section in sections:
        section.read = [block for block in section.blocks if _why_skipped(block, choices) is None]
        skips += _list_skips(section, choices)
    _drop_title_page(sections, text, skips, choices)
    joined = _join_headings(sections, text)
    for section in joined:
        skips += drop_repeats(section.read, text)
    return _make_chapters(joined, text, title), tuple(sorted(skips, key=lambda s: s.start))


def _part_numbers(blocks: Sequence[Block], text: str) -> list[Block]:
    """Part a chapter's number from its title on the line below, so that there is a pause between them."""
    parted: list[Block] = []
    for block in blocks:
        first, end, below = text[block.start : block.end].partition("\n")
        label = find_label(first.strip()) if block.level and end and below.strip() else None
        if label and label.is_bare:
            parted.append(replace(block, end=block.start + len(first.rstrip())))
            start = block.end - len(below.lstrip())
            parted.append(replace(block, start=start, follows_scene_break=False))
        else:
            parted.append(block)
    return parted


def _narrow_headings(blocks: Sequence[Block], text: str) -> list[Skip]:
    """Leave out of headings the marks around them, and a number that a web site has set before."""
    skips = []
    for block in blocks:
        if not block.level:
            continue
        start, end = (block.start + offset for offset in read_span(text[block.start : block.end]))
        if any(character.isalnum() for character in text[block.start : start]):
            skips.append(Skip(start=block.start, end=start, reason=SECOND_NUMBER))
        if start < end:
            block.start, block.end = start, end
    return skips


def _divide(blocks: Sequence[Block], text: str, cuts: Sequence[Cut]) -> list[_Section]:
    starts = [block.start for block in blocks]
    firsts: dict[int, Cut] = {}
    for cut in cuts:
        index = _advance(blocks, text, bisect_left(starts, cut.start), cut.title)
        place = _rewind(blocks, text, index, cut.title)
        # A number alone, and then the same with its title, are one heading.
        known = letters_of(firsts[place].title) if place in firsts else ""
        if place not in firsts or (known in letters_of(cut.title) and known != letters_of(cut.title)):
            firsts[place] = cut
    sections = [_Section(None)]
    for index, block in enumerate(blocks):
        if index in firsts:
            sections.append(_Section(firsts[index]))
        sections[-1].blocks.append(block)
    return [section for section in sections if section.blocks]


def _advance(blocks: Sequence[Block], text: str, index: int, title: str) -> int:
    """Go on to the next block where that is the heading with the chapter's title, and this is none.

    Some books have the target of the link in the paragraph before.
    """
    if index + 1 < len(blocks) and not blocks[index].level and blocks[index + 1].level:
        heading = letters_of(text[blocks[index + 1].start : blocks[index + 1].end])
        return index + 1 if heading and heading in letters_of(title) else index
    return index


def _rewind(blocks: Sequence[Block], text: str, index: int, title: str) -> int:
    """Take the headings just before a chapter's beginning into it where they are its title."""
    wanted = letters_of(title)
    first = max(0, index - _MOST_HEADINGS)
    while first < index <= len(blocks):
        before = blocks[index - 1]
        heading = letters_of(text[before.start : before.end])
        if not before.level or len(heading) < 2 or heading not in wanted:
            break
        index -= 1
    return index


def _set_matter(sections: Sequence[_Section], text: str) -> None:
    """Spread a section's reason over its blocks, and take back what can't be right."""
    for section in sections:
        if section.cut and section.cut.matter:
            for block in section.blocks:
                block.matter = block.matter or (None if block.is_kept else section.cut.matter)
        words: Counter[str] = Counter()
        for block in section.blocks:
            if block.matter in LONGEST_MATTER:
                words[block.matter] += count_words(text[block.start : block.end])
        for block in section.blocks:
            if block.matter and words[block.matter] > LONGEST_MATTER.get(block.matter, len(text)):
                block.matter = None
    blocks = [block for section in sections for block in section.blocks if block.skip is None]
    if all(block.matter for block in blocks):
        # What a guide or an entry calls the cover, or the contents, is all that there is: the book.
        for block in blocks:
            block.matter = None


def _find_title_page(sections: Sequence[_Section], text: str, title: str, author: str) -> None:
    """Before a book's first long section, call its own name and its author's a title page.

    What else stands there (a dedication, a motto) is read before the first chapter.
    """
    if sum(1 for section in sections if section.cut and not section.cut.matter) < 2:
        return
    names = {letters_of(name) for name in (title, author, f"by {author}", *author.split("; ")) if name}
    for section in sections:
        words = sum(count_words(text[b.start : b.end]) for b in section.blocks if not b.matter and not b.skip)
        is_own = (
            section.cut is None or section.cut.matter is not None or letters_of(section.cut.title) in names
        )
        if words >= _FEWEST_WORDS or not is_own:
            return
        for block in section.blocks:
            if letters_of(text[block.start : block.end]) in names and not block.is_kept:
                block.matter = block.matter or TITLE_PAGE
        if section.cut and section.cut.matter in {None, TITLE_PAGE}:
            section.cut = replace(section.cut, is_opening=True)


def _why_skipped(block: Block, choices: ReadingChoices) -> str | None:
    return (None if choices.matter else block.matter) or block.skip


def _list_skips(section: _Section, choices: ReadingChoices) -> list[Skip]:
    """Return the section's skips; neighbours with the same reason are one."""
    skips: list[Skip] = []
    title = section.cut.title if section.cut and not section.read else ""
    before = ""
    for block in section.blocks:
        reason = _why_skipped(block, choices) or ""
        if reason and reason == before and skips:
            last = skips[-1]
            skips[-1] = Skip(start=last.start, end=block.end, reason=reason, title=last.title)
        elif reason:
            skips.append(Skip(start=block.start, end=block.end, reason=reason, title=title))
        before = reason
    return skips


def _drop_title_page(
    sections: Sequence[_Section], text: str, skips: list[Skip], choices: ReadingChoices
) -> None:
    """Leave out what stands before the first chapter where it is a book's name and no text."""
    first_body = next((i for i, section in enumerate(sections) if section.has_body(text)), len(sections))
    if choices.matter or first_body in (0, len(sections)):
        return
    parts = {section.cut.part for section in sections if section.cut}
    for section in sections[:first_body]:
        title = section.cut.title if section.cut else ""
        is_part = (title and title in parts) or PART.match(title) or find_label(title)
        if section.read and not is_part:
            for block in section.read:
                block.matter = TITLE_PAGE
            skips[:] = [
                skip for skip in skips if not section.blocks[0].start <= skip.start < section.blocks[-1].end
            ]
            section.read = []
            skips += _list_skips(section, choices)


def _join_headings(sections: Sequence[_Section], text: str) -> list[_Section]:
    """Put sections that are nothing but headings in front of the next, or behind the last."""
    joined: list[_Section] = []
    waiting: list[Block] = []
    for section in sections:
        if not section.read:
            continue
        # A few words before the first chapter (a motto, a dedication) are no chapter either.
        words = sum(count_words(text[block.start : block.end]) for block in section.read)
        is_kept = section.cut and section.cut.matter and len(section.read) < len(section.blocks)
        is_loose = section.cut is None or section.cut.is_opening or is_kept
        is_last = section is sections[-1] and not is_kept
        if not section.has_body(text) or (is_loose and words < _FEWEST_WORDS and not is_last):
            waiting += section.read
            if not section.has_body(text):
                # A numeral or a title that has a page to itself, but is marked as any paragraph.
                section.read[0].level = section.read[0].level or 2
            continue
        section.read = waiting + section.read
        waiting = []
        joined.append(section)
    if waiting and joined:
        joined[-1].read += waiting
    elif waiting:
        joined.append(_Section(None, waiting, waiting))
    return joined


def _make_chapters(sections: Sequence[_Section], text: str, title: str) -> tuple[Chapter, ...]:
    titles = Counter(section.cut.title for section in sections if section.cut)
    chapters = []
    for number, section in enumerate(sections, 1):
        cut = section.cut
        first = section.read[0]
        # What stands before the first entry of the contents may have a heading of its own.
        own = " ".join(text[first.start : first.end].split()) if first.level else ""
        is_titled = cut is not None and cut.title and not says_no_title(cut.title)
        name = cut.title if cut and is_titled else own or (cut.title if cut else "")
        heads = [plain_title(text[block.start : block.end]) for block in section.read[:2] if block.level]
        is_joined = len(heads) == 2 and name == " ".join(heads) and is_label(heads[0])
        name = f"{heads[0].rstrip(' .:')}. {heads[1]}" if is_joined else plain_title(name) or title
        # Two chapters of one title can't be told apart in a player.
        if cut and cut.part and titles[cut.title] > 1:
            name = f"{cut.part}: {cut.title}"
        paragraphs = tuple(
            Paragraph(
                start=block.start,
                end=block.end,
                kind="heading" if block.level else "body",
                follows_scene_break=block.follows_scene_break,
                language=block.language,
            )
            for block in section.read
        )
        chapters.append(Chapter(number=number, title=name or title, paragraphs=paragraphs))
    return tuple(chapters)
