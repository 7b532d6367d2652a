"""A file is written whole or not at all, and nothing stays beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from audiobook.files import write_whole


def test_folders_are_made_and_what_was_there_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "file"
    for data in (b"one", b"", b"two\n"):
        write_whole(path, data)
        assert path.read_bytes() == data
    assert [*path.parent.iterdir()] == [path]


def test_nobody_else_may_read_a_private_file(tmp_path: Path) -> None:
    write_whole(tmp_path / "file", b"mine", mode=0o600)
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o600


def test_what_fails_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(IsADirectoryError):
        write_whole(tmp_path / "taken", b"data")
    (tmp_path / "file").write_bytes(b"former")
    with pytest.raises(FileExistsError):
        write_whole(tmp_path / "file" / "below", b"data")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "taken"]
    assert (tmp_path / "file").read_bytes() == b"former"
