"""The house stands as docs/code.md draws it: one-way imports, a docstring on every public door."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from graphlib import TopologicalSorter
from itertools import pairwise
from pathlib import Path

import audiobook

PACKAGE = Path(audiobook.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))

FLOORS = {
    "choices": 0,
    "errors": 0,
    "files": 0,
    "folders": 0,
    "forking": 0,
    "languages": 0,
    "model": 0,
    "scratch": 0,
    "suggesting": 0,
    "words": 0,
    "plurals": 0,
    "audio": 1,
    "engines": 1,
    "listening": 1,
    "normalizing": 1,
    "reading": 1,
    "script": 1,
    "yamledit": 1,
    "casting": 2,
    "checking": 2,
    "publishing": 2,
    "caching": 3,
    "project": 3,
    "planning": 4,
    "building": 5,
    "editing": 5,
    "studio": 6,
    "cli": 7,
    "__main__": 8,
    "__init__": 0,
}

HEAVY = {
    "dask",
    "distributed",
    "num2words",
    "numpy",
    "pydub",
    "pyttsx3",
    "pysbd",
    "rich",
    "ruamel",
    "msgspec",
    "mutagen",
    "filelock",
    "platformdirs",
    "imageio_ffmpeg",
    "lxml",
    "PIL",
    "pymupdf_fonts",
    "markdown_it",
    "anyio",
    "starlette",
    "uvicorn",
    "kokoro_onnx",
    "onnx",
    "onnxruntime",
    "phonemizer",
    "piper",
    "faster_whisper",
    "mobi",
    "pypandoc",
    "pypdfium2",
    "spellchecker",
    "py3langid",
}

MOST_PARAMETERS = 7
"""Of a function; a command's are its options, which click hands over one by one."""

WITH_MORE = {"check_stories": "as many as the command `check` has questions, and nothing else calls it"}


def _room(module: str) -> str:
    """Return the room of `audiobook.room.module`; the package itself (its version) is ground."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def _name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 2 else parts)


@functools.cache
def _parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield node.module or ""


def test_a_module_imports_only_from_floors_below() -> None:
    for path in MODULES:
        room = _room(_name(path))
        for imported in _imports(_parse(path)):
            if not imported.startswith("audiobook"):
                continue
            other = _room(imported)
            assert other == room or FLOORS[other] < FLOORS[room], f"{_name(path)} imports {other}"


def test_no_imports_go_in_a_circle() -> None:
    """Within a room either; what is imported for its type alone counts too."""
    known = {_name(path) for path in MODULES}
    graph: dict[str, set[str]] = {}
    for path in MODULES:
        uses = graph[_name(path)] = set()
        for node in ast.walk(_parse(path)):
            if isinstance(node, ast.ImportFrom):
                named = {f"{node.module}.{alias.name}" for alias in node.names} & known
                uses |= named or {str(node.module)} & known
    assert len(list(TopologicalSorter(graph).static_order())) == len(MODULES)  # or else a CycleError


def test_heavy_libraries_load_only_where_they_are_used() -> None:
    for path in MODULES:
        top_level = [node for node in _parse(path).body if isinstance(node, ast.Import | ast.ImportFrom)]
        loaded = {name for node in top_level for name in _imports(node)}
        heavy = HEAVY | {name for name in loaded if name.startswith("audiobook.studio")}
        if _room(_name(path)) == "studio":
            # It is about its server, so the whole of it is what loads where it is used.
            heavy = HEAVY - {"anyio", "starlette", "uvicorn"}
        assert not heavy & (loaded | {name.split(".")[0] for name in loaded}), _name(path)


def test_public_things_have_docstrings() -> None:
    for path in MODULES:
        tree = _parse(path)
        assert ast.get_docstring(tree), _name(path)
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                assert ast.get_docstring(node), f"{_name(path)}.{node.name}"


def test_no_two_classes_share_a_name() -> None:
    tops = [node for path in MODULES for node in _parse(path).body if isinstance(node, ast.ClassDef)]
    names = sorted(node.name for node in tops if not node.name.startswith("_"))
    assert [name for name, following in pairwise(names) if name == following] == []


def test_functions_take_no_more_parameters_than_a_reader_can_hold() -> None:
    functions = (node for path in MODULES for node in ast.walk(_parse(path)))
    with_more = set()
    for node in functions:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            named = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            count = sum(each.arg not in {"self", "cls"} for each in named)
            is_command = any("command" in ast.unparse(each) for each in node.decorator_list)
            with_more |= {node.name} if count > MOST_PARAMETERS and not is_command else set()
    assert with_more == WITH_MORE.keys()


def test_pydub_has_one_user_and_nothing_is_mocked() -> None:
    users = [path for path in MODULES if "pydub" in {i.split(".")[0] for i in _imports(_parse(path))}]
    assert [_name(path) for path in users] == ["audiobook.audio.stitch"]
    for path in Path(__file__).parent.rglob("*.py"):
        assert "unittest.mock" not in set(_imports(_parse(path))), path
