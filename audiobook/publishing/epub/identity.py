"""What a publication is known by: a name made of what it holds."""

from __future__ import annotations

import hashlib
import json
import uuid

from audiobook.model import Release


def make_identifier(release: Release, mark: str) -> str:
    """Return a URN that is the same for the same publication, and another as soon as anything differs."""
    book = release.book
    content = [
        mark,
        book.title,
        book.author,
        hashlib.sha256(book.text.encode("utf-8", "surrogatepass")).hexdigest(),
        [
            [t.title, t.seconds, [(c.utterance.start, c.start_s, c.end_s) for c in t.cues]]
            for t in release.tracks
        ],
    ]
    digest = hashlib.sha256(json.dumps(content).encode()).hexdigest()
    return uuid.uuid5(uuid.NAMESPACE_OID, f"narrate {digest}").urn
