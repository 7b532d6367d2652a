"""The navigation document: the contents, as every EPUB 3 has it (section 7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr


@dataclass(frozen=True, slots=True, kw_only=True)
class NavEntry:
    """An entry of the contents; `link` None for one that leads nowhere, but has others below."""

    title: str
    link: str | None
    below: tuple[NavEntry, ...] = ()


def html_attributes(language: str) -> str:
    """Return the attributes of a page's `html` element."""
    tag = quoteattr(language)
    direction = ' dir="rtl"' if is_right_to_left(language) else ""
    return (
        'xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"'
        f" lang={tag} xml:lang={tag}{direction}"
    )


def is_right_to_left(language: str) -> bool:
    """Tell whether a language's own script runs from right to left."""
    return language.partition("-")[0].lower() in {"ar", "he", "fa", "ur", "yi", "ps", "sd", "ug", "dv"}


def write_nav(
    title: str, headings: Sequence[NavEntry], language: str, *, landmarks: Sequence[tuple[str, str, str]] = ()
) -> str:
    """Return the document; `landmarks` are (type, title, link)."""
    items = "".join(
        f'<li><a epub:type="{kind}" href={quoteattr(link)}>{escape(label)}</a></li>'
        for kind, label, link in landmarks
    )
    marks = f'<nav epub:type="landmarks" hidden="hidden"><ol>{items}</ol></nav>\n' if items else ""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'
        f"<html {html_attributes(language)}>\n<head><title>{escape(title)}</title></head>\n<body>\n"
        f'<nav epub:type="toc" role="doc-toc"><h1>{escape(title)}</h1>\n{_list(headings)}</nav>\n'
        f"{marks}</body>\n</html>\n"
    )


def _list(headings: Sequence[NavEntry]) -> str:
    items = []
    for heading in headings:
        words = escape(" ".join(heading.title.split()) or "—")
        label = f"<a href={quoteattr(heading.link)}>{words}</a>" if heading.link else f"<span>{words}</span>"
        if heading.link or heading.below:
            items.append(f"<li>{label}{_list(heading.below) if heading.below else ''}</li>\n")
    return f"<ol>\n{''.join(items)}</ol>\n" if items else ""
