"""The optional lines about a story at its top, between two lines of three hyphens.

---
title: Echo Chamber
author: Anonymous
---
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from audiobook.errors import SourceError

KEYS = ("title", "author", "year", "language", "series", "series_part", "description")

_BLOCK = re.compile(r"\s*---[ \t]*(?:\r\n|\r|\n)(.*?)(?:\r\n|\r|\n)---[ \t]*(?=\r|\n|\Z)", re.DOTALL)
_KNOWN_KEY = re.compile(rf"(?m)^[ \t]*(?:{'|'.join(KEYS)})[ \t]*:", re.IGNORECASE)
_MAX_LENGTH = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMatter:
    """What the block says, where it ends in the text, and what in it was not understood."""

    values: dict[str, str]
    start: int
    end: int
    warnings: tuple[str, ...] = ()


def find_front_matter(text: str, source: str) -> FrontMatter | None:
    """Read the block at the top of `text`, or return None where there is none.

    Raises `SourceError` where a block names a known key but is not YAML.
    """
    match = _BLOCK.match(text[:_MAX_LENGTH])
    if match is None or not _KNOWN_KEY.search(match[1]):
        return None
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        # Every value as it is written: `title: 007` is no number.
        loaded = YAML(typ="base", pure=True).load(match[1])
    except (YAMLError, ValueError, RecursionError) as error:
        mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
        line = text.count("\n", 0, match.start(1)) + 1 + (mark.line if mark else 0)
        raise SourceError(
            f"{source}:{line}: the front matter is not YAML; write one `key: value` a line, "
            'and put a value that holds a colon between quotation marks ("…")'
        ) from error
    if not isinstance(loaded, dict):
        return None
    values, warnings = {}, []
    for key, value in loaded.items():
        name = str(key).strip().lower().replace("-", "_")
        if name not in KEYS:
            warnings.append(f"{source}: front matter: unknown key {key!r} (known: {', '.join(KEYS)})")
        elif isinstance(value, dict | list):
            warnings.append(
                f"{source}: front matter: {key}: expected one value, got a {type(value).__name__}"
            )
        elif value is not None and str(value).strip():
            values[name] = " ".join(str(value).encode("utf-8", "replace").decode("utf-8").split())
    start = len(text) - len(text.lstrip())
    return FrontMatter(values=values, start=start, end=match.end(), warnings=tuple(warnings))
