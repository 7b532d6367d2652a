"""The page's modules in one script: a page that is opened from disk may not load modules (CORS of file:).

Of the grammar of modules it knows what the page's own use, and refuses the rest: named imports from
relative paths, and `export` before a function, a class or a constant.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import PurePosixPath

_IMPORT = re.compile(r'^import \{\s*([^}]*?),?\s*\} from "(\.[^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const)\s+(\w+))", re.MULTILINE)
_UNKNOWN = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


def bundle_modules(entry: str, read: Callable[[str], str]) -> str:
    """Return a script that does what the module `entry` does, with all that it imports.

    `read` returns the source of a module by its path ("player/player.js").  Each module keeps a scope of
    its own.  Raises `ValueError` for an import or export of another kind, and for modules in a circle.
    """
    scopes: dict[str, str] = {}
    _add(PurePosixPath(entry), read, scopes, ())
    return "(() => {\n" + '"use strict";\n' + "\n".join(scopes.values()) + "})();\n"


def _add(
    path: PurePosixPath, read: Callable[[str], str], scopes: dict[str, str], importers: tuple[str, ...]
) -> None:
    """Put a module's scope after those of the modules that it imports."""
    name = str(path)
    if name in importers:
        raise ValueError(f"{name}: modules import each other: {' → '.join((*importers, name))}")
    if name in scopes:
        return
    source = read(name)
    for _, target in _IMPORT.findall(source):
        _add(_resolve(path, target), read, scopes, (*importers, name))
    exports = _EXPORT.findall(source)
    body = _IMPORT.sub(lambda found: _bind(found[1], _resolve(path, found[2])), source)
    body = _EXPORT.sub("", body)
    unknown = _UNKNOWN.search(body)
    if unknown:
        raise ValueError(f"{name}: not known to the bundle: {unknown[0]}")
    given = f"return {{ {', '.join(exports)} }};\n" if exports else ""
    scopes[name] = f"const {_identify(path)} = (() => {{\n{body}{given}}})();\n"


def _bind(names: str, module: PurePosixPath) -> str:
    wanted = ", ".join(re.sub(r"\s+as\s+", ": ", name.strip()) for name in names.split(","))
    return f"const {{ {wanted} }} = {_identify(module)};\n"


def _resolve(path: PurePosixPath, target: str) -> PurePosixPath:
    parts: list[str] = []
    for part in (*path.parent.parts, *PurePosixPath(target).parts):
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return PurePosixPath(*parts)


def _identify(path: PurePosixPath) -> str:
    return "module_" + re.sub(r"\W", "_", str(path.with_suffix("")))
