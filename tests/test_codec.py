"""The model's values survive the way to JSON and back, and nothing else comes in by it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiobook.caching.codec import decode_value, encode_value
from audiobook.model import (
    Book,
    Chapter,
    Image,
    Origin,
    Paragraph,
    Pronunciation,
    Quotation,
    Skip,
    UnmetCorrection,
    Utterance,
)

VALUES: list[Any] = [
    Utterance(paragraph=1, start=0, end=5, kind="speech", speaker=None, text='"né"\n\ud800', follows="scene"),
    Quotation(start=0, end=9, paragraph=2, speaker="Max", type="implicit", evidence="", confidence=0.1 + 0.2),
    UnmetCorrection(origin=Origin(path="lines.a", line=3), message="none"),
    Book(
        name="a",
        source="a.epub",
        text="Text. \u2028",
        title="A",
        identifiers=("urn:a",),
        cover=Image(data=bytes(range(256)), media_type="image/png"),
        pronunciations=(Pronunciation(words="Max", ph="maks", origin=Origin(path="x", line=1)),),
        chapters=(Chapter(number=1, title="One", paragraphs=(Paragraph(start=0, end=5),)),),
        skipped=(Skip(start=5, end=6, reason="space"),),
    ),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_value_comes_back_as_it_was(value: Any) -> None:
    line = encode_value(value)
    assert b"\n" not in line
    assert decode_value(type(value), line) == value
    assert repr(decode_value(type(value), line)) == repr(value)  # what is not compared too


@pytest.mark.slow
@given(st.builds(Utterance), st.builds(Book))
def test_any_value_of_the_model_comes_back(utterance: Utterance, book: Book) -> None:
    assert decode_value(Utterance, encode_value(utterance)) == utterance
    assert decode_value(Book, encode_value(book)) == book


@pytest.mark.parametrize(
    "changed",
    [
        {"start": "0"},
        {"start": True},
        {"kind": "song"},
        {"kind": ["speech"]},
        {"text": None},
        {"speaker": 3},
        {"more": 1},
    ],
)
def test_what_is_of_another_kind_is_refused(changed: dict[str, object]) -> None:
    line = encode_value({**json.loads(encode_value(VALUES[0])), **changed})
    with pytest.raises(ValueError, match=r"."):
        decode_value(Utterance, line)


@pytest.mark.parametrize("line", [b"", b"{}", b"[]", b"nul", b"3", b"\xff", b"[" * 100_000])
def test_what_is_no_value_is_refused(line: bytes) -> None:
    for kind in (Utterance, Book):
        with pytest.raises(ValueError, match=r"."):
            decode_value(kind, line)
