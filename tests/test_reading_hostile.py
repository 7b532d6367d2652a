"""Broken, hostile and protected files: one clear error, in bounded memory and time, nothing fetched."""

from __future__ import annotations

import io
import resource
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audiobook.errors import SourceError
from audiobook.reading import READERS, read_book
from audiobook.reading.archive import resolve
from audiobook.reading.docx import read_docx
from audiobook.reading.epub import read_epub
from audiobook.reading.html import read_html
from audiobook.reading.markdown import read_markdown
from tests.books import CONTAINER, make_epub, make_zip, nav, read, xhtml

PAGE = {"a.xhtml": "<p>Text.</p>"}
ENTITY = '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
LAUGHS = (
    "<!DOCTYPE l [<!ENTITY a0 'ha'>"
    + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 9}'>" for n in range(1, 10))
    + "]>"
)


def encryption(algorithm: str) -> str:
    return (
        '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"'
        ' xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptedData>'
        f'<enc:EncryptionMethod Algorithm="{algorithm}"/></enc:EncryptedData></encryption>'
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "no whole zip archive"),
        (b"PK\x03\x04 and no more", "no whole zip archive"),
        (make_epub(PAGE)[:-200], "no whole zip archive"),
        (make_zip({"a.txt": "x"}), "is no EPUB"),
        (make_zip({"mimetype": "application/zip", "a": "x"}), "its mimetype is 'application/zip'"),
        (make_zip({"META-INF/container.xml": "<container"}), "not well-formed"),
        (make_zip({"META-INF/container.xml": "<container/>"}), "names no package"),
        (make_zip({"META-INF/container.xml": CONTAINER}), "OPS/book.opf is missing"),
        (make_zip({"META-INF/container.xml": CONTAINER.replace("OPS", "../../etc")}), "names no package"),
        (make_epub({}), "no reading order"),
        (make_epub(PAGE, files={"META-INF/rights.xml": "<r/>"}), "protected"),
        (make_epub(PAGE, files={"META-INF/encryption.xml": encryption("urn:aes128")}), "protected"),
        (make_epub(PAGE, files={"OPS/a.xhtml": ENTITY + "<html><p>&x;</p></html>"}), "entities of its own"),
        (make_epub(PAGE, files={"OPS/a.xhtml": LAUGHS + "<html>&a9;</html>"}), "entities of its own"),
        (make_epub(PAGE, files={"OPS/a.xhtml": xhtml("<div>" * 5000 + "x" + "</div>" * 5000)}), "nested"),
        (make_epub(PAGE, files={"OPS/a.xhtml": "<div>" * 5000 + "x"}), "nested"),
        (make_epub(PAGE, files={"OPS/a.xhtml": xhtml("<p>x</p>" * 1_200_000)}), "tags, more than any page"),
        (make_epub(PAGE, files={"OPS/a.xhtml": "<html><body/></html>"}), "holds no text"),
    ],
)
def test_bad_epubs_are_refused_with_one_clear_error(data: bytes, message: str) -> None:
    with pytest.raises(SourceError, match=message) as caught:
        read_epub(Path("book.epub"), data)
    assert str(caught.value).startswith("book.epub")


def test_mangled_fonts_are_no_protection_and_a_wrong_mimetype_is_a_warning() -> None:
    fonts = encryption("http://www.idpf.org/2008/embedding")
    book = read(make_epub(PAGE, files={"META-INF/encryption.xml": fonts, "mimetype": "text/plain"}))
    assert "mimetype" in book.warnings[0]


@pytest.mark.slow
@pytest.mark.parametrize("megabytes", [50, 300])
def test_a_huge_chapter_and_a_zip_bomb_are_refused_in_bounded_memory_and_time(megabytes: int) -> None:
    data = _inflate(make_epub({"b.xhtml": "<p>B.</p>"}), megabytes)
    assert len(data) < 2_000_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    with pytest.raises(SourceError, match="unpacks to more than"):
        read_epub(Path("book.epub"), data)
    assert time.process_time() - started < 30
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


def _inflate(data: bytes, megabytes: int) -> bytes:
    """Return the book with zero bytes for its page, packed a megabyte at a time."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out,
    ):
        for name in source.namelist():
            if name != "OPS/b.xhtml":
                out.writestr(name, source.read(name))
                continue
            with out.open(name, "w", force_zip64=True) as stream:
                for _ in range(megabytes):
                    stream.write(bytes(1_000_000))
    return target.getvalue()


WORD_BY_WORD = f"<p>{'<span>word</span> <i>by</i> ' * 20}.</p>"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def package(manifest: str = "", metadata: str = "") -> str:
    return (
        '<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'{metadata}</metadata><manifest><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/>'
        f'{manifest}</manifest><spine><itemref idref="a"/></spine></package>'
    )


def document(body: str) -> bytes:
    return make_zip({"word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>"})


def page(markup: str) -> bytes:
    return make_epub(PAGE, files={"OPS/a.xhtml": markup})


HOSTILE = {
    "package-tags.epub": lambda: make_epub(PAGE, files={"OPS/book.opf": package("<item/>" * 1_000_000)}),
    "package-creators.epub": lambda: make_epub(
        PAGE,
        files={
            "OPS/book.opf": package(metadata="".join(f"<dc:creator>{n}</dc:creator>" for n in range(90_000)))
        },
    ),
    "package-missing.epub": lambda: make_epub(
        PAGE,
        files={f"x/{n}.css": "" for n in range(10_000)}
        | {"OPS/book.opf": package("".join(f'<item id="i{n}" href="{n}.png"/>' for n in range(10_000)))},
    ),
    "ncx-deep.epub": lambda: make_epub(PAGE, ncx="<ncx><navMap>" + "<navPoint>" * 240 + "</navPoint>" * 240),
    "page-attributes.epub": lambda: page("<html><p " + " ".join(f"a{n}" for n in range(90_000)) + ">x</p>"),
    "page-quoted.epub": lambda: page("<html><p " + " ".join(f"a{n}='>'" for n in range(90_000)) + ">x</p>"),
    "page-doctypes.epub": lambda: page("<!DOCTYPE x [" * 30_000 + "<p>x"),
    "page-late-entity.epub": lambda: page(f"<!--{'x' * 200_000}-->{LAUGHS}<html>&a9;</html>"),
    "page-punycode.epub": lambda: page('<?xml version="1.0" encoding="punycode"?><p>' + "x-" * 500_000),
    "many-pages.epub": lambda: make_epub({f"{n}.xhtml": "<p>x</p>" * 90_000 for n in range(9)}),
    "many-texts.epub": lambda: make_epub({f"{n}.xhtml": f"<p>{'word ' * 1_900_000}</p>" for n in range(9)}),
    "textbook.epub": lambda: make_epub({f"{n}.xhtml": WORD_BY_WORD * 1_000 for n in range(25)}),
    "one-paragraph.epub": lambda: page(xhtml(f"<p>{'The sea is wide. ' * 600_000}</p>")),
    "markdown-lines.md": lambda: b"* a\n\n" * 200_000,
    "markdown-fences.md": lambda: b"x[^1] `a`\n" * 20_000 + b"\n[^1]: n\n",
    "tags.docx": lambda: document("<w:p/>" * 600_000),
    "runs.docx": lambda: document("<w:p>" + "<w:r><w:t>x</w:t></w:r>" * 100_000 + "</w:p>"),
    "tables.docx": lambda: document(
        "<w:tbl><w:tr><w:tc>" * 40 + "<w:p><w:r><w:t>x</w:t></w:r></w:p>" + "</w:tc></w:tr></w:tbl>" * 40
    ),
    "attribute.docx": lambda: document(f'<w:p a="{"x" * 11_000_000}"/>'),
}
MEASURE = """
import resource, sys, time
from pathlib import Path
from audiobook.errors import SourceError
from audiobook.reading import read_book
words = 0
try:
    words = len(read_book(Path(sys.argv[1])).text.split())
except SourceError as error:
    assert sys.argv[1] in str(error) and len(str(error)) < 700, error
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time(), words)
"""


LONG = {"many-texts.epub", "many-pages.epub", "markdown-fences.md", "textbook.epub", "one-paragraph.epub"}
"""Those that take seconds."""
REAL = {"many-pages.epub", "textbook.epub", "one-paragraph.epub"}
"""Those that are no larger than real books, and must be read."""


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.slow) if n in LONG else n for n in sorted(HOSTILE)]
)
def test_large_and_hostile_files_take_bounded_memory_and_time(name: str, tmp_path: Path) -> None:
    """At most 700 MB, and 15 s for each 100,000 words."""
    path = tmp_path / name
    path.write_bytes(HOSTILE[name]())
    # A shell between keeps this process's own memory out of the child's account.
    command = ["/bin/sh", "-c", '"$0" -c "$1" "$2"; exit $?', sys.executable, MEASURE, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    memory_kb, seconds, words = map(float, done.stdout.split())
    assert memory_kb < 700_000
    # Seventeen million words that are refused have been looked at for longer than a page has.
    assert seconds < 15 * max(2 if name in LONG else 1, words / 100_000)
    assert words > 500_000 or name not in REAL


def test_a_table_within_a_table_is_read_once() -> None:
    inner = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>In.</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    body = f"<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Out.</w:t></w:r></w:p>{inner}</w:tc></w:tr></w:tbl>"
    assert read_docx(Path("a.docx"), document(body)).text == "Out.\n\nIn."


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("a.xhtml#x", ("OPS/a.xhtml", "x")),
        ("../b%20c.xhtml", ("b c.xhtml", "")),
        ("#y", ("OPS/nav.xhtml", "y")),
        ("../../etc/passwd", None),
        ("/etc/passwd", None),
        ("..\\..\\x", None),
        ("http://example.org/a", None),
        ("//example.org/a", None),
        ("file:///etc/passwd", None),
        ("http://[", None),
    ],
)
def test_links_lead_to_members_alone(href: str, expected: tuple[str, str] | None) -> None:
    assert resolve("OPS/nav.xhtml", href) == expected


def test_nothing_is_fetched_or_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = '<p>Text.</p><img src="http://192.0.2.1/x.png"/><script src="http://192.0.2.1/x.js"></script>'
    data = make_epub({"a.xhtml": body}, toc=nav(("http://192.0.2.1/a", "One"), ("../../../a", "Two")))
    data = _with_member(data, "../../evil.txt")
    monkeypatch.chdir(tmp_path)
    assert [c.title for c in read(data).chapters] == ["The Book"]
    assert not list(tmp_path.iterdir())


def _with_member(data: bytes, name: str) -> bytes:
    target = io.BytesIO(data)
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr(name, "evil")
    return target.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "save it as .docx"),
        ("a.docx", make_zip({"a": "x"}), "is no DOCX"),
        ("a.docx", make_zip({"word/document.xml": LAUGHS + "<a>&a9;</a>"}), "entities of its own"),
        ("a.html", b"<html></html>", "holds no text"),
        ("a.html", b"<p>" + b"x" * 41_000_000, "MB of markup"),
        ("a.md", b"", "holds no text"),
        ("a.md", b"> " * 100_000 + b"x", "nested|holds no text"),
        ("a.pdf", b"no pdf", "can't be opened"),
        ("a.mobi", b"no mobi", "can't be opened"),
        ("a.odt", b"no odt", "no whole zip"),
    ],
)
def test_other_bad_files_are_refused_too(name: str, data: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(SourceError, match=message):
        read_book(path)


@given(st.binary(max_size=400))
@settings(max_examples=60, deadline=None)
def test_random_bytes_never_crash_a_reader(data: bytes) -> None:
    for reader, name in (
        (read_epub, "a.epub"),
        (read_docx, "a.docx"),
        (read_html, "a.html"),
        (read_markdown, "a.md"),
    ):
        try:
            reader(Path(name), data)
        except SourceError:
            continue


@given(st.text(alphabet="<>/apdivh12\"=' &;#!-\n", max_size=200))
@settings(max_examples=100, deadline=None)
def test_random_markup_never_crashes_a_reader_and_loses_nothing(markup: str) -> None:
    try:
        read(make_epub({"a.xhtml": f"<html>{markup}"}))
    except SourceError:
        return


def test_every_reader_is_named_in_the_documentation() -> None:
    page = (Path(__file__).parent.parent / "docs" / "formats.md").read_text(encoding="utf-8")
    assert not [suffix for suffix in READERS if suffix and f"`{suffix}`" not in page]
