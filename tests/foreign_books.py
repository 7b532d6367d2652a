"""Real files of formats that other programs read: a MOBI by hand, the rest by pandoc."""

from __future__ import annotations

import struct
import subprocess

import pypandoc

CHAPTERS = ("The Harbour", "The Storm", "The Letter")
BODY = "It was a bright day in {}, and nobody had thought of the sea until the bell rang at nine."
MARKDOWN = "---\ntitle: Seas\nauthor: A. Writer\nlang: en\n---\n\n" + "\n\n".join(
    f"# {name}\n\n{BODY.format(name)}\n\n“Who is there?” asked Nora." for name in CHAPTERS
)
_NONE = 0xFFFFFFFF


def convert(markdown: str, kind: str) -> bytes:
    """Return a document that pandoc makes of Markdown: docx, epub, fb2, odt, rtf."""
    # EPUB and ODT are binary, so pandoc writes them to its output only when told so by `-o -`.
    command = [pypandoc.get_pandoc_path(), "--standalone", "--from", "markdown", "--to", kind, "-o", "-"]
    return subprocess.run(command, input=markdown.encode(), capture_output=True, check=True).stdout


def mobi(html: str, title: str, author: str) -> bytes:
    """Return a MOBI 6 file of uncompressed text (https://wiki.mobileread.com/wiki/MOBI)."""
    text = html.encode()
    pieces = [text[at : at + 4096] for at in range(0, len(text), 4096)]
    name = title.encode()
    exth_records = struct.pack(">II", 100, 8 + len(author.encode())) + author.encode()
    exth = b"EXTH" + struct.pack(">II", 12 + len(exth_records), 1) + exth_records
    exth += b"\0" * (-len(exth) % 4)
    palmdoc = struct.pack(">HHIHHHH", 1, 0, len(text), len(pieces), 4096, 0, 0)
    header = bytearray(232)
    header[0:4] = b"MOBI"
    # Length, type (book), encoding (UTF-8), unique id, version.
    struct.pack_into(">IIIII", header, 4, 232, 2, 65001, 1, 6)
    struct.pack_into(">10I", header, 24, *[_NONE] * 10)
    # First record that is no text, place and length of the name, language (English), version.
    full_name = 16 + 232 + len(exth)
    struct.pack_into(">IIII", header, 64, len(pieces) + 1, full_name, len(name), 9)
    struct.pack_into(">I", header, 88, 6)
    struct.pack_into(">I", header, 92, len(pieces) + 1)
    struct.pack_into(">I", header, 112, 0x40)
    struct.pack_into(">IIII", header, 152, _NONE, _NONE, 0, 0)
    struct.pack_into(">HH", header, 176, 1, len(pieces))
    for at in (184, 192, 208, 228):
        struct.pack_into(">I", header, at, _NONE)
    first = palmdoc + bytes(header) + exth + name + b"\0\0"
    records = [first + b"\0" * (-len(first) % 4), *pieces, b"\xe9\x8e\r\n"]
    database = struct.pack(
        ">32sHHIIIIII4s4sIIH", name[:31], 0, 0, 0, 0, 0, 0, 0, 0, b"BOOK", b"MOBI", 1, 0, len(records)
    )
    at = len(database) + 8 * len(records) + 2
    index = b""
    for number, record in enumerate(records):
        index += struct.pack(">II", at, 2 * number)
        at += len(record)
    return database + index + b"\0\0" + b"".join(records)
