"""Constructs of real books as small pieces of markup: what of each is spoken, and what is named as skipped.

Every piece is made of words that occur nowhere else, so that a word that is lost or doubled shows.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

_CONSONANTS, _VOWELS = "bdfghjklmnprstvz", "aeiou"


def make_words() -> Iterator[str]:
    """Yield words of one length, no two alike, which show where they begin by a letter that no other has."""
    letters = (_VOWELS, _CONSONANTS, _VOWELS, _CONSONANTS)
    yield from ("q" + "".join(each) for each in itertools.product(*letters))


@dataclass(slots=True)
class Piece:
    """Markup, and markup that stands elsewhere (notes); the words in it that are spoken and that are not."""

    words: Iterator[str]
    markup: str = ""
    elsewhere: str = ""
    spoken: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    def say(self) -> str:
        """Return a word that is to be spoken."""
        self.spoken.append(next(self.words))
        return self.spoken[-1]

    def skip(self) -> str:
        """Return a word that is to be skipped."""
        self.skipped.append(next(self.words))
        return self.skipped[-1]


# A note's marker (with where it is and where it leads) and the note (with the same the other way round).
NOTES: Mapping[str, tuple[str, str]] = {
    "epub 3": (
        '<a epub:type="noteref" id="{here}" href="{there}">1</a>',
        '<aside epub:type="footnote" id="{id}"><p><a href="{back}">1</a> {words}</p></aside>',
    ),
    "aria": (
        '<a role="doc-noteref" id="{here}" href="{there}"><sup>*</sup></a>',
        '<li id="{id}" role="doc-endnote"><p>{words} <a role="doc-backlink" href="{back}">↩</a></p></li>',
    ),
    "word": (
        '<a href="{there}" name="{here}"><span class="MsoFootnoteReference">[1]</span></a>',
        (
            '<div id="x{id}"><p class="MsoFootnoteText"><a href="{back}" name="{id}"><span>[1]</span></a>'
            " {words}</p></div>"
        ),
    ),
    "pandoc": (
        '<a href="{there}" class="footnote-ref" id="{here}"><sup>1</sup></a>',
        '<ol><li id="{id}"><p>{words} <a href="{back}" class="footnote-back">↩︎</a></p></li></ol>',
    ),
    "calibre": (
        '<a id="{here}" href="{there}" class="calibre3"><sup class="calibre4">1</sup></a>',
        '<p class="calibre1"><a id="{id}" href="{back}" class="calibre3">1</a>. {words}</p>',
    ),
    "gutenberg": (
        '<a id="{here}" href="{there}" class="fnanchor">[1]</a>',
        '<div class="footnote"><p><a id="{id}" href="{back}" class="label">[1]</a> {words}</p></div>',
    ),
    "libreoffice": (
        '<a class="sdfootnoteanc" name="{here}" href="{there}"><sup>1</sup></a>',
        '<div id="sd{id}"><p><a class="sdfootnotesym" name="{id}" href="{back}">1</a>{words}</p></div>',
    ),
    "indesign": (
        '<span class="superscript"><a class="_idFootnoteLink" id="{here}" href="{there}">1</a></span>',
        (
            '<div id="{id}" class="_idFootnote"><p><a class="_idFootnoteAnchor" href="{back}">1</a>'
            " {words}</p></div>"
        ),
    ),
    "old tables": (
        '<sup><a name="{here}" href="{there}">1</a></sup>',
        '<table><tr><td><a name="{id}" href="{back}">1</a></td><td>{words}</td></tr></table>',
    ),
    "definitions": (
        '<a id="{here}" href="{there}"><sup>a</sup></a>',
        '<dl><dt id="{id}"><a href="{back}">a</a></dt><dd>{words}</dd></dl>',
    ),
    "back in words": (
        '<a id="{here}" href="{there}">†</a>',
        '<p id="{id}">† {words} <a href="{back}">Back to text</a></p>',
    ),
    "japanese": (
        '<a id="{here}" href="{there}"><sup>［注１］</sup></a>',
        '<p><a id="{id}" href="{back}">［注１］</a>{words}</p>',
    ),
}


def note(piece: Piece, kind: str, number: int, page: str) -> None:
    """A paragraph with a marker in its midst, and its note, which leads back."""
    marker, body = NOTES[kind]
    names = {"here": f"r{number}", "there": f"{page}#n{number}", "id": f"n{number}", "back": f"#r{number}"}
    sign = marker.format(**names)
    piece.markup = f"<p>{piece.say()} {piece.say()}.{sign} {piece.say()}.</p>"
    piece.elsewhere = body.format(words=f"{piece.skip()} {piece.skip()}", **names)


PIECES: Mapping[str, Callable[[Piece], str]] = {
    "paragraph": lambda p: f"<p>{p.say()} <b>{p.say()}</b>, {p.say()}.</p>",
    "loose text": lambda p: f"<div>{p.say()} <p>{p.say()}</p> {p.say()}</div>",
    "ruby": lambda p: f"<p>{p.say()} <ruby>{p.say()}<rp>(</rp><rt>{p.skip()}</rt></ruby> {p.say()}</p>",
    "ruby of parts": lambda p: (
        f"<p><ruby><rb>{p.say()}</rb><rb>{p.say()}</rb><rtc><rt>{p.skip()}</rt></rtc></ruby></p>"
    ),
    "table": lambda p: (
        f"<table><caption>{p.say()}</caption><tr><td>{p.say()}</td><td>{p.say()}</td></tr></table>"
    ),
    "table of paragraphs": lambda p: (
        f"<table><tr><td><p>{p.say()}</p><p>{p.say()}</p></td><td>{p.say()}</td></tr></table>"
    ),
    "drawn words": lambda p: (
        f'<svg xmlns="http://www.w3.org/2000/svg"><title>{p.skip()}</title><text x="1">{p.say()}'
        f'<tspan dy="2">{p.say()}</tspan></text></svg>'
    ),
    "drawing in a sentence": lambda p: (
        f'<p>{p.say()} <svg xmlns="http://www.w3.org/2000/svg"><text>{p.say()}</text></svg> {p.say()}</p>'
    ),
    "foreign object": lambda p: (
        '<svg xmlns="http://www.w3.org/2000/svg"><foreignObject><p xmlns="http://www.w3.org/1999/xhtml">'
        f"{p.say()}</p></foreignObject></svg>"
    ),
    "svg switch": lambda p: (
        '<svg xmlns="http://www.w3.org/2000/svg"><switch><foreignObject><p xmlns="http://www.w3.org/1999/xhtml">'
        f"{p.say()}</p></foreignObject><text>{p.skip()}</text></switch></svg>"
    ),
    "object": lambda p: f'<object data="a.bin" type="x/y"><p>{p.say()}</p>{p.say()}</object><p>{p.say()}</p>',
    "object in a sentence": lambda p: f'<p>{p.say()} <object data="a.bin">{p.say()}</object> {p.say()}</p>',
    "noscript": lambda p: f"<noscript><p>{p.skip()}</p></noscript><p>{p.say()}</p>",
    "template": lambda p: f"<template><p>{p.skip()}</p></template><p>{p.say()}</p>",
    "hidden": lambda p: f'<div hidden="hidden"><p>{p.skip()}</p>{p.skip()}</div><p>{p.say()}</p>',
    "not displayed": lambda p: f'<p>{p.say()} <span style="display: none">{p.skip()}</span> {p.say()}</p>',
    "video": lambda p: f'<video src="a.mp4"><p>{p.skip()}</p></video><p>{p.say()}</p>',
    "audio in a sentence": lambda p: f'<p>{p.say()} <audio src="a.mp3">{p.skip()}</audio> {p.say()}</p>',
    "frame": lambda p: f'<p>{p.say()}</p><iframe src="a.html">{p.skip()}</iframe><p>{p.say()}</p>',
    "form": lambda p: f"<p>{p.say()} <button>{p.skip()}</button> {p.say()}</p>",
    "formula": lambda p: (
        f'<p>{p.say()} <math xmlns="http://www.w3.org/1998/Math/MathML"><semantics><mfrac>'
        f'<mi>{p.skip()}</mi><mn>{p.skip()}</mn></mfrac><annotation encoding="TeX">{p.skip()}</annotation>'
        "</semantics></math></p>"
    ),
    "plain formula": lambda p: (
        f'<p>{p.say()} <math xmlns="http://www.w3.org/1998/Math/MathML"><mi>{p.say()}</mi><mo>=</mo>'
        f"<mi>{p.say()}</mi></math> {p.say()}</p>"
    ),
    "details": lambda p: f"<details><summary>{p.say()}</summary><p>{p.say()}</p></details>",
    "drop cap": lambda p: (
        f'<p><span class="dropcap">{(w := p.say())[:1]}</span><small>{w[1:]}</small> {p.say()}</p>'
    ),
    "broken words": lambda p: f"<p>{(w := p.say())[:2]}<wbr/>{w[2:]} {(v := p.say())[:3]}\u00ad{v[3:]}</p>",
    "page break": lambda p: (
        f'<p>{p.say()} <span epub:type="pagebreak">{p.skip()}</span> {p.say()}</p>'
        f'<div class="pagenum">{p.skip()}</div><p>{p.say()}</p>'
    ),
    "lists": lambda p: f"<ul><li>{p.say()}<ol><li>{p.say()}</li></ol>{p.say()}</li></ul>",
    "stanza": lambda p: f'<div class="stanza"><p>{p.say()}</p><p>{p.say()}</p></div>',
    "preformatted": lambda p: f"<pre>{p.say()}\n{p.say()}\n\n{p.say()}</pre>",
    "preformatted cell": lambda p: (
        f"<table><tr><td>{p.say()}</td><td><pre>{p.say()}\n\n{p.say()}</pre></td></tr></table>"
    ),
    "figure in a paragraph": lambda p: (
        f'<div>{p.say()}<figure><img src="a.png" alt="x"/><figcaption>{p.say()}</figcaption></figure>'
        f"{p.say()}</div>"
    ),
    "quotation": lambda p: f"<blockquote>{p.say()} <q>{p.say()}</q><cite>{p.say()}</cite></blockquote>",
    "rule in a cell": lambda p: f"<table><tr><td>{p.say()}<hr/>{p.say()}</td><td>{p.say()}</td></tr></table>",
    "note in a paragraph": lambda p: (
        f'<p>{p.say()} <span epub:type="footnote">{p.skip()}</span> {p.say()}</p>'
    ),
    "note in loose text": lambda p: (
        f'<div>{p.say()} <aside epub:type="footnote"><p>{p.skip()}</p></aside> {p.say()}</div>'
    ),
    "cross-reference": lambda p: (
        f'<p>{p.say()} (<a href="#top">see page 12</a>) <a href="#top">{p.say()}</a></p>'
    ),
    "noteref that is a word": lambda p: f'<p>{p.say()} <a epub:type="noteref" href="#top">{p.say()}</a>.</p>',
    "other language": lambda p: f'<p>{p.say()} <i lang="fr">{p.say()} <b>{p.say()}</b></i></p>',
    "footnote paragraph without a link": lambda p: f'<p class="footnote">{p.skip()}</p><p>{p.say()}</p>',
    "comment": lambda p: f"<p>{p.say()}<!-- nothing -->{p.say()}</p>",
}


def _run(words: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{words}</w:t></w:r>'


def _paragraph(*runs: str) -> str:
    return f"<w:p>{''.join(runs)}</w:p>"


def _box(words: str) -> str:
    return f"<w:txbxContent>{_paragraph(_run(words))}</w:txbxContent>"


def _drawn(words: str) -> str:
    shape = f"<wps:wsp><wps:txbx>{_box(words)}</wps:txbx></wps:wsp>"
    graphic = f"<a:graphic><a:graphicData>{shape}</a:graphicData></a:graphic>"
    return f"<w:drawing><wp:anchor>{graphic}</wp:anchor></w:drawing>"


def _old(words: str) -> str:
    return f"<w:pict><v:shape><v:textbox>{_box(words)}</v:textbox></v:shape></w:pict>"


def _alternatives(choice: str, fallback: str) -> str:
    return (
        f'<mc:AlternateContent><mc:Choice Requires="wps">{choice}</mc:Choice>'
        f"<mc:Fallback>{fallback}</mc:Fallback></mc:AlternateContent>"
    )


def _box_twice(piece: Piece) -> str:
    words = piece.say()
    return _paragraph(
        _run(piece.say()),
        f"<w:r>{_alternatives(_drawn(words), _old(words))}</w:r>",
        _run(piece.say()),
    )


def _footnote(piece: Piece) -> str:
    piece.elsewhere = f'<w:footnote w:id="NUMBER">{_paragraph(_run(piece.skip()))}</w:footnote>'
    return _paragraph(_run(piece.say()), '<w:r><w:footnoteReference w:id="NUMBER"/></w:r>', _run(piece.say()))


def _field(code: str, result: str) -> str:
    kinds = [f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")]
    return f"{kinds[0]}{code}{kinds[1]}{result}{kinds[2]}"


def _instruction(words: str) -> str:
    return f"<w:r><w:instrText>{words}</w:instrText></w:r>"


WORD_PIECES: Mapping[str, Callable[[Piece], str]] = {
    "paragraph": lambda p: _paragraph(_run(p.say()), _run(p.say(), "<w:b/>")),
    "box in both kinds": _box_twice,
    "box of old": lambda p: _paragraph(_run(p.say()), f"<w:r>{_old(p.say())}</w:r>"),
    "box that only the fallback has": lambda p: _paragraph(
        f"<w:r>{_alternatives('<w:drawing/>', _old(p.say()))}</w:r>", _run(p.say())
    ),
    "box around runs": lambda p: _paragraph(_alternatives(f"<w:r>{_drawn(p.say())}</w:r>", "")),
    "box in a box": lambda p: _paragraph(
        f"<w:r><w:pict><v:textbox><w:txbxContent>{_paragraph(_run(p.say()), f'<w:r>{_old(p.say())}</w:r>')}"
        "</w:txbxContent></v:textbox></w:pict></w:r>"
    ),
    "box in a cell": lambda p: (
        f"<w:tbl><w:tr><w:tc>{_paragraph(_run(p.say()), f'<w:r>{_drawn(p.say())}</w:r>')}</w:tc>"
        f"<w:tc>{_paragraph(_run(p.say()))}</w:tc></w:tr></w:tbl>"
    ),
    "drawn words": lambda p: _paragraph(
        f"<w:r><w:drawing><a:txBody><a:p><a:r><a:t>{p.say()}</a:t></a:r></a:p></a:txBody></w:drawing></w:r>"
    ),
    "changes": lambda p: _paragraph(
        f"<w:ins>{_run(p.say())}</w:ins><w:del><w:r><w:delText>{p.skip()}</w:delText></w:r></w:del>",
        f"<w:moveFrom>{_run(p.skip())}</w:moveFrom><w:moveTo>{_run(p.say())}</w:moveTo>",
    ),
    "hidden": lambda p: _paragraph(
        _run(p.say()), _run(p.skip(), "<w:vanish/>"), _run(p.say(), '<w:vanish w:val="0"/>')
    ),
    "footnote": _footnote,
    "controls": lambda p: (
        f"<w:sdt><w:sdtContent>{_paragraph(f'<w:sdt><w:sdtContent>{_run(p.say())}</w:sdtContent></w:sdt>')}"
        "</w:sdtContent></w:sdt>"
    ),
    "wrappers": lambda p: _paragraph(
        f"<w:smartTag>{_run(p.say())}</w:smartTag><w:hyperlink>{_run(p.say())}</w:hyperlink>",
        f"<w:dir>{_run(p.say())}</w:dir><w:unheardOf>{_run(p.say())}</w:unheardOf>",
        f'<w:fldSimple w:instr="REF a">{_run(p.say())}</w:fldSimple>',
        f'<w:fldSimple w:instr=" PAGE ">{_run(p.skip())}</w:fldSimple>',
    ),
    "fields": lambda p: _paragraph(
        _field(_instruction("REF x"), _run(p.say())),
        _field(_instruction("IF ") + _field(_instruction("DOC"), _run(p.skip())), _run(p.say())),
        _run(p.say()),
    ),
    "ruby": lambda p: _paragraph(
        f"<w:r><w:ruby><w:rt>{_run(p.skip())}</w:rt><w:rubyBase>{_run(p.say())}</w:rubyBase></w:ruby></w:r>",
        _run(p.say()),
    ),
    "formulas": lambda p: _paragraph(
        _run(p.say() + " "),
        f"<m:oMath><m:r><m:t>{p.say()}</m:t></m:r></m:oMath>",
        f"<m:oMath><m:f><m:num><m:r><m:t>{p.skip()}</m:t></m:r></m:num></m:f></m:oMath>",
    ),
    "run without a paragraph": lambda p: _run(p.say()),
}
