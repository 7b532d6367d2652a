"""A chapter of a book becomes a page: paragraphs, headings, and an element for each utterance."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from xml.sax.saxutils import quoteattr

from audiobook.model import Book, Chapter, Paragraph, Utterance
from audiobook.publishing.epub.navigation import html_attributes
from audiobook.publishing.epub.spread import spread_marks
from audiobook.publishing.epub.verse import is_verse

_SPACES = re.compile(r"\s+")
_LINE_ENDS = re.compile(r"[^\S\n]*\n\s*")
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b\u2060\ufeff\ufffe\uffff\ud800-\udfff]")
_EMPHASIS = re.compile(r"(?<![^\W_])_+(?=\S)([^_]*[^\W_][^_]*)(?<=\S)_+(?![^\W_])")
_UNDERSCORES = re.compile(r"(?<![^\W_])_+|_+(?![^\W_])")

Numbered = tuple[int, Utterance]
"""An utterance with its number in the book, which its element is called by (`u12`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a book's text is set: whether its line ends are meant, and how wide it is if it is wrapped."""

    keeps_lines: bool
    width: int = 0


def write_page(title: str, body: str, *, style: str, language: str, kind: str = "bodymatter") -> str:
    """Return a page of XHTML around a body; `style` is the link to its stylesheet."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'
        f"<html {html_attributes(language)}>\n<head><title>{as_text(title)}</title>"
        f'<link rel="stylesheet" type="text/css" href={quoteattr(style)}/></head>\n'
        f'<body epub:type="{kind}">\n{body}</body>\n</html>\n'
    )


def write_chapter(
    book: Book, chapter: Chapter, utterances: Mapping[int, Sequence[Numbered]], layout: Layout
) -> str:
    """Return a chapter's body; `utterances` are by the number of their paragraph in the chapter.

    Those of paragraph 0 are credits, before the text or after it.
    """
    credits_ = utterances.get(0, ())
    parts = [_write_credit([one for one in credits_ if one[1].start == 0])]
    if not any(paragraph.kind == "heading" for paragraph in chapter.paragraphs):
        parts.append(f"<h1>{as_text(chapter.title)}</h1>\n")
    has_title = len(parts) > 1
    follows_heading = True
    for number, paragraph in enumerate(chapter.paragraphs, 1):
        own = utterances.get(number, ())
        parts.append(_write_credit([(n, u) for n, u in own if u.start == u.end]))
        words = _write_words(book, paragraph, [(n, u) for n, u in own if u.start < u.end], layout)
        tag = quoteattr(paragraph.language) if paragraph.language else ""
        attributes = f" lang={tag} xml:lang={tag}" if tag else ""
        if paragraph.kind == "heading":
            level = 2 if has_title else 1
            parts.append(f"<h{level}{attributes}>{words}</h{level}>\n")
            has_title = follows_heading = True
            continue
        if paragraph.follows_scene_break and not follows_heading:
            parts.append('<hr class="scene"/>\n')
        kinds = ["first"] if follows_heading or paragraph.follows_scene_break else []
        kinds += ["verse"] if "<br/>" in words else []
        name = f' class="{" ".join(kinds)}"' if kinds else ""
        parts.append(f"<p{name}{attributes}>{words}</p>\n")
        follows_heading = False
    parts.append(_write_credit([one for one in credits_ if one[1].start > 0]))
    return f'<section epub:type="chapter" role="doc-chapter">\n{"".join(parts)}</section>\n'


def _write_credit(own: Sequence[Numbered]) -> str:
    """Write words that are heard and not the source's as a paragraph of their own, if there are any."""
    said = " ".join(_element(number, as_text(utterance.text), utterance) for number, utterance in own)
    return f'<p class="credit">{said}</p>\n' if said else ""


def _write_words(book: Book, paragraph: Paragraph, own: Sequence[Numbered], layout: Layout) -> str:
    text = book.text[paragraph.start : paragraph.end]
    keeps_lines = layout.keeps_lines or is_verse(text, layout.width)
    # White space around a line end alone is no gap that anyone sees.
    return "".join(
        words if one is None else _element(one[0], words, one[1])
        for one, words in _pieces(book.text, paragraph, own, keeps_lines=keeps_lines)
    ).strip()


def _pieces(
    text: str, paragraph: Paragraph, own: Sequence[Numbered], *, keeps_lines: bool
) -> Iterator[tuple[Numbered | None, str]]:
    at = paragraph.start
    spans = spread_marks(text, paragraph.start, paragraph.end, [utterance for _, utterance in own])
    for one, (start, end) in zip(own, spans, strict=True):
        yield None, _set(text[at:start], keeps_lines=keeps_lines)
        yield one, _set(text[start:end], keeps_lines=keeps_lines)
        at = end
    yield None, _set(text[at : paragraph.end], keeps_lines=keeps_lines)


def _set(words: str, *, keeps_lines: bool) -> str:
    """Write words as markup: emphasis that was typed with underscores, and line ends that are meant."""
    marked = _EMPHASIS.sub("\x00\\1\x01", _UNSEEN.sub("", words))
    escaped = escape(_UNDERSCORES.sub("", marked), quote=False)
    shown = escaped.replace("\x00", "<em>").replace("\x01", "</em>")
    if keeps_lines:
        shown = _LINE_ENDS.sub("\x00", shown)
    return _SPACES.sub(" ", shown).replace("\x00", "<br/>")


def as_text(words: str) -> str:
    """Return words as markup, with single spaces."""
    return escape(_SPACES.sub(" ", _UNSEEN.sub("", words)).strip(), quote=False)


def _element(number: int, markup: str, utterance: Utterance) -> str:
    if utterance.kind != "speech":
        return f'<span id="u{number}">{markup}</span>'
    speaker = _SPACES.sub(" ", _UNSEEN.sub("", utterance.speaker or "")).strip()
    by = f" data-speaker={quoteattr(speaker)}" if speaker else ""
    return f'<span id="u{number}" class="speech"{by}>{markup}</span>'
