"""What was analysed once is not again, until something has changed that it depends on."""

from __future__ import annotations

import ast
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import zstandard

from audiobook.caching import scripts as module
from audiobook.caching.scripts import ScriptCache
from audiobook.casting import BookDetails, ReadingSettings, StorySettings
from audiobook.errors import StorageError
from audiobook.model import Corrections, Script
from audiobook.planning import cached_scripts as keys_of
from audiobook.planning.cached_scripts import read_through, script_key
from audiobook.planning.scripting import read_script
from audiobook.project.layout import open_project
from audiobook.project.settings import read_settings
from tests.conftest import TONES

NewProject = Callable[..., Path]

STORY = '"Who is there?" asked Nora.\n\n"It is only the wind," said Max.\n'
NONE = Corrections()


def settings(text: str = "") -> StorySettings:
    Path("voices.yaml").write_text(TONES + text, encoding="utf-8")
    return read_settings(open_project(Path())).for_story("a")


@pytest.fixture
def path(new_project: NewProject) -> Path:
    return new_project(a=STORY) / "texts" / "a.txt"


@pytest.fixture
def cache(tmp_path: Path) -> ScriptCache:
    return ScriptCache(tmp_path / "scripts")


def key_of(path: Path, own: StorySettings) -> str:
    key = script_key(path, own)
    assert key is not None
    return key


def never(_path: Path, _settings: StorySettings) -> Script:
    raise AssertionError("it was analysed again")


def test_a_script_is_analysed_once(path: Path, cache: ScriptCache) -> None:
    own = settings()
    script = read_through(cache, path, own)
    assert read_through(cache, path, own, never) == script == read_script(path, own)


def test_what_it_does_not_depend_on_does_not_count(path: Path) -> None:
    first = key_of(path, settings("characters: {Nora: {gender: male}}\n"))
    for text in ("# a comment\n", "rate: 200\n", "pauses: {sentence_ms: 10}\n"):
        assert key_of(path, settings(text + "characters: {Nora: {gender: male}}\n")) == first
    path.touch()
    assert key_of(path, settings("characters: {Nora: {gender: male, rate: 120}}\n")) == first


def test_what_it_depends_on_does(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = settings()
    keys = {
        key_of(path, own),
        key_of(path, settings("characters: {Nora: {gender: male}}\n")),
        key_of(path, settings("characters: {Nora: {}}\n")),
        key_of(path, settings("lines: {Who is there?: Max}\n")),
        key_of(path, replace(own, details=BookDetails(language="de"))),
        key_of(path, replace(own, reading=ReadingSettings(matter=True))),
    }
    other = path.with_name("b.txt")
    other.write_text(STORY, encoding="utf-8")
    keys.add(key_of(other, own))
    path.write_text(STORY + " ", encoding="utf-8")
    keys.add(key_of(path, own))
    monkeypatch.setattr(keys_of, "_code_fingerprint", lambda: "another narrate")
    keys.add(key_of(path, own))
    assert len(keys) == 9


def test_the_code_is_told_from_other_code(monkeypatch: pytest.MonkeyPatch) -> None:
    def fingerprint() -> str:
        keys_of._code_fingerprint.cache_clear()
        return keys_of._code_fingerprint()

    first = fingerprint()
    assert fingerprint() == first
    for room in keys_of._ROOMS:
        monkeypatch.setattr(keys_of, "_ROOMS", (*keys_of._ROOMS, room))
        assert fingerprint() != first
        monkeypatch.undo()
    monkeypatch.setattr(keys_of, "_PACKAGES", ())
    assert fingerprint() != first
    monkeypatch.undo()
    assert fingerprint() == first


def test_what_is_no_file_has_no_key(path: Path) -> None:
    own = settings()
    pipe = path.with_name("pipe.txt")
    os.mkfifo(pipe)
    assert script_key(pipe, own) is None
    assert script_key(path.with_name("none.txt"), own) is None
    assert script_key(path.parent, own) is None


def damages(data: bytes) -> list[bytes]:
    lines = zstandard.ZstdDecompressor().decompress(data)
    packer = zstandard.ZstdCompressor()
    flipped = bytearray(data)
    flipped[len(data) // 2] ^= 1
    bomb = packer.compress(b"[" * 50_000_000)
    return [
        b"",
        data[:40],
        bytes(flipped),
        b"foreign",
        lines,
        packer.compress(b""),
        packer.compress(lines.partition(b"\n")[2]),
        packer.compress(b'"another key"' + lines[lines.index(b"\n") :]),
        packer.compress(lines.replace(b'"kind":"speech"', b'"kind":"song"')),
        packer.compress(lines.replace(b'"unmet"', b'"__class__"').replace(b'"follows"', b'"flows"')),
        packer.compress(lines.rpartition(b"\n")[0] + b"\n{}"),
        packer.compress(b"\n".join(lines.split(b"\n")[:3])),
        bomb,
    ]


def test_what_is_damaged_or_foreign_is_a_miss_and_made_good(path: Path, cache: ScriptCache) -> None:
    own = settings()
    script = read_through(cache, path, own)
    (entry,) = cache.folder.glob("??/*")
    for damaged in damages(entry.read_bytes()):
        entry.write_bytes(damaged)
        assert cache.get(key_of(path, own), NONE) is None
        assert read_through(cache, path, own) == script
        assert read_through(cache, path, own, never) == script


def test_a_cache_that_can_not_be_written_is_done_without(path: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    cache = ScriptCache(tmp_path / "file" / "scripts")
    own = settings()
    assert read_through(cache, path, own) == read_script(path, own)
    with pytest.raises(StorageError, match="the script cache can't be written"):
        cache.put(key_of(path, own), read_script(path, own), NONE)


def test_a_file_that_is_saved_while_it_is_read_is_not_kept(path: Path, cache: ScriptCache) -> None:
    def read(path: Path, own: StorySettings) -> Script:
        path.write_text(STORY.replace("Nora", "Clara"), encoding="utf-8")
        return read_script(path, own)

    read_through(cache, path, settings(), read)
    path.write_text(STORY, encoding="utf-8")
    assert read_through(cache, path, settings()).characters[0].name != "Clara"


def test_unmet_corrections_are_told_where_they_stand_now(path: Path, cache: ScriptCache) -> None:
    stated = "lines: {No such words: Max}\ncharacters: {Zoe: {gender: male}}\n"
    first = read_through(cache, path, settings(stated))
    moved = settings("# one\n# two\n" + stated)
    again = read_through(cache, path, moved, never)
    assert again == read_script(path, moved)
    assert [u.origin.line for u in again.unmet] == [u.origin.line + 2 for u in first.unmet]
    assert len(first.unmet) == 2


def test_what_is_stated_of_lines_and_foreign_words_are_kept(
    new_project: NewProject, cache: ScriptCache
) -> None:
    page = '<p>"Wer ist da?" fragte <span lang="en">Nora</span>.</p><p>"Nur der Wind," sagte Max.</p>'
    path = new_project(a=STORY) / "texts" / "a.html"
    path.write_text(f'<html lang="de"><body>{page}</body></html>', encoding="utf-8")
    own = settings("lines: {Wer ist da: Tom}\n")
    script = read_through(cache, path, own)
    assert script.book.foreign
    assert [(line.fix.speaker, line.fix.origin) for line in script.stated] == [("Tom", None)]
    moved = settings("# one\nlines: {Wer ist da: Tom}\n")
    assert read_through(cache, path, moved, never) == script == read_script(path, moved)


def test_all_code_that_writes_scripts_is_in_the_key() -> None:
    """What the rooms import is in the rooms, too; those of planning and caching know what else they do."""
    package = Path(keys_of.__file__).parents[1]
    # Neither errors nor folders for temporary files say anything of a script.
    known = set(keys_of._list_code(package)) | {package / "errors.py", package / "scratch.py"}
    for path in known:
        if path.suffix != ".py" or path.parent.name in {"planning", "caching"}:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("audiobook."):
                place = package.joinpath(*str(node.module).split(".")[1:])
                assert {place.with_suffix(".py"), place / "__init__.py"} & known, (path, node.module)


def test_the_oldest_scripts_go_first(path: Path, cache: ScriptCache, monkeypatch: pytest.MonkeyPatch) -> None:
    script = read_script(path, settings())
    keys = [f"{number:02}" * 32 for number in range(4)]
    for age, key in enumerate(keys[:3]):
        cache.put(key, script, NONE)
        os.utime(cache.place(key, ".script"), (age, age))
    assert cache.get(keys[0], NONE) == script  # used just now
    monkeypatch.setattr(module, "LIMIT_BYTES", cache.size_bytes())
    cache.put(keys[3], script, NONE)
    assert [cache.holds(key) for key in keys] == [True, False, False, True]  # to nine tenths of it
    assert cache.clear() > 0
    assert not cache.holds(keys[3])
