"""The steps of an installation that are the same for every engine."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from audiobook.engines.neural.archives import take_files
from audiobook.engines.neural.fetching import PublishedFile, Tell, check_room, download
from audiobook.engines.neural.noise import VERSION as NOISE_VERSION
from audiobook.engines.neural.noise import still_noise
from audiobook.engines.neural.store import Origin, VoiceStore, digest_file, storing
from audiobook.errors import EngineError


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """What is to be installed: a model's name, the published files if known, and how files are told apart.

    The first file is the model, the second what goes with it, which will be called `companion`.
    """

    name: str
    files: Sequence[PublishedFile] | None
    endings: Sequence[Sequence[str]]
    companion: str


def install_kit(
    store: VoiceStore, kit: Kit, source: Path | None, prove: Callable[[Path, str], None], tell: Tell
) -> Path:
    """Install a model by download, or from `source`; return its folder.

    `prove` is given the staged folder and the model's digest, and raises `EngineError` where the model does
    not speak.  Nothing is installed where anything fails.
    """
    with store.sole_use(), store.staging(kit.name) as staged:
        if source is not None:
            model, companion = take_files(source, kit.endings, staged)
            checked = _compare(kit, (model, companion), source)
        else:
            model, companion = _download(store, kit, tell)
            checked = True
        parts = f"{digest_file(model)} {digest_file(companion)} noise {NOISE_VERSION}"
        digest = hashlib.sha256(parts.encode()).hexdigest()
        with storing(staged):
            noise = still_noise(model, staged / "model.onnx", str(source or model.stem))
            shutil.copyfile(companion, staged / kit.companion)
        prove(staged, digest)
        if source is not None:
            model.unlink()
            companion.unlink()
        told = str(source) if source is not None or not kit.files else kit.files[0].url
        store.publish(staged, kit.name, Origin(source=told, digest=digest, is_checked=checked, noise=noise))
        shutil.rmtree(store.unfinished / kit.name, ignore_errors=True)
    return store.folder / kit.name


def _download(store: VoiceStore, kit: Kit, tell: Tell) -> tuple[Path, Path]:
    if not kit.files:
        raise EngineError(f"{kit.name}: is not published; --from FILE installs a voice that you have")
    folder = store.unfinished / kit.name
    there = sum(path.stat().st_size for path in folder.glob("*.part")) if folder.exists() else 0
    # Twice: what is downloaded, and the model that is made of it.
    check_room(folder, 2 * sum(file.size for file in kit.files) - there)
    parts = [folder / f"{file.name}.part" for file in kit.files]
    for file, part in zip(kit.files, parts, strict=True):
        download(file, part, tell)
    model, companion = parts
    return model, companion


def _compare(kit: Kit, paths: Sequence[Path], source: Path) -> bool:
    """Compare files with the published ones where these are known; `EngineError` where they differ."""
    for file, path in zip(kit.files or (), paths, strict=bool(kit.files)):
        if path.stat().st_size != file.size or digest_file(path, file.algorithm) != file.digest:
            raise EngineError(
                f"{source}: its *{path.suffix} is not the published {file.name} ({file.size:,} bytes, "
                f"{file.algorithm.upper()} {file.digest}); get it again, or give a voice of "
                "your own another name"
            )
    return bool(kit.files)
