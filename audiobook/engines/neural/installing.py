"""The steps of an installation that are the same for every engine."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audiobook.engines.neural.archives import take_files
from audiobook.engines.neural.fetching import PublishedFile, Tell
from audiobook.engines.neural.noise import VERSION as NOISE_VERSION
from audiobook.engines.neural.noise import still_noise
from audiobook.engines.neural.sources import Note, obtain_files
from audiobook.engines.neural.store import Provenance, VoiceStore, digest_file, storing
from audiobook.errors import EngineError


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How one engine's published models are brought into another form: the same file, the same bytes.

    `version` names it with the number of its changes; `prepare` changes a loaded `onnx.ModelProto` in place.
    """

    version: str
    prepare: Callable[[Any], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """What is to be installed: a model's name, the published files if known, and how files are told apart.

    The first file is the model, the second what goes with it, which will be called `companion`.  `known` are
    files of the same kinds that are published, among them perhaps what a person has.
    """

    name: str
    files: Sequence[PublishedFile] | None
    endings: Sequence[Sequence[str]]
    companion: str
    known: Sequence[PublishedFile] = ()
    recipe: Recipe | None = None


def install_kit(
    store: VoiceStore,
    kit: Kit,
    source: Path | None,
    prove: Callable[[Path, str], None],
    *,
    tell: Tell,
    note: Note,
) -> Path:
    """Install a model by download, or from `source`; return its folder.

    `prove` is given the staged folder and the model's digest, and raises `EngineError` where the model does
    not speak.  Nothing is installed where anything fails.
    """
    with store.sole_use(note), store.staging(kit.name) as staged:
        if source is not None:
            model, companion = take_files(source, kit.endings, staged)
            checked = _compare(kit, (model, companion), source)
            told = str(source)
        else:
            model, companion, told = _download(store, kit, tell, note)
            checked = True
        title = next((file.name.removesuffix(".onnx") for file in kit.known if file.is_like(model)), "")
        parts = f"{digest_file(model)} {digest_file(companion)} noise {NOISE_VERSION}"
        if kit.recipe:
            parts += f" {kit.recipe.version}"
        digest = hashlib.sha256(parts.encode()).hexdigest()
        with storing(staged):
            noise = _prepare(model, staged / "model.onnx", kit.recipe, str(source or model.stem))
            shutil.copyfile(companion, staged / kit.companion)
        prove(staged, digest)
        if source is not None:
            model.unlink()
            companion.unlink()
        recipe = kit.recipe.version if kit.recipe else ""
        origin = Provenance(
            source=told, digest=digest, is_checked=checked, noise=noise, title=title, recipe=recipe
        )
        store.publish(staged, kit.name, origin)
        shutil.rmtree(store.unfinished / kit.name, ignore_errors=True)
    return store.folder / kit.name


def expect_voice(engine: str, voice_id: str, fault: str | None, folder: Path) -> None:
    """Raise `EngineError` where there is a `fault` with the voice that was named: the model lacks it."""
    if fault is not None:
        raise EngineError(
            f"{engine}:{voice_id}: the model is installed in {folder}, but lacks this voice: expected {fault}"
        )


def _prepare(source: Path, target: Path, recipe: Recipe | None, name: str) -> int:
    """Write a copy of a model as it will be run; return how many of its nodes drew noise."""
    import onnx

    model = load_model(source, name)
    noise = still_noise(model, name)
    if recipe:
        recipe.prepare(model)
    onnx.save(model, str(target))
    return noise


def load_model(path: Path, name: str) -> Any:
    """Load a model (an `onnx.ModelProto`), which a person knows as `name`.

    Raises `EngineError` where the file is none.
    """
    import onnx

    try:
        model = onnx.load(str(path))
    except Exception as error:  # protobuf's, onnx's and the system's, with no common root
        raise EngineError(f"{name} is no ONNX model, or not a whole one; get it again ({error})") from error
    if not model.graph.node:  # whether onnxruntime can make use of it shows when it is loaded
        raise EngineError(f"{name} is no ONNX model")
    return model


def _download(store: VoiceStore, kit: Kit, tell: Tell, note: Note) -> tuple[Path, Path, str]:
    if not kit.files:
        raise EngineError(f"{kit.name}: is not published; --from FILE installs a voice that you have")
    folder = store.unfinished / kit.name
    (model, companion), address = obtain_files(kit.files, folder, tell, note)
    return model, companion, f"{kit.files[0].name} from {address}"


def _compare(kit: Kit, paths: Sequence[Path], source: Path) -> bool:
    """Compare files with the published ones where these are known; return whether all are such.

    Raises `EngineError` where one differs from that which it is to be, or from one of the same size.
    """
    for file, path in zip(kit.files or (), paths, strict=bool(kit.files)):
        if not file.is_like(path):
            raise EngineError(
                f"{source}: its *{path.suffix} is not the published {file.name} ({file.size:,} bytes, "
                f"{file.algorithm.upper()} {file.digest}); get it again, or give a voice of "
                "your own another name"
            )
    alike = [any(file.is_like(path) for file in kit.known) for path in paths]
    for path, is_alike in zip(paths, alike, strict=True):
        twin = next((file for file in kit.known if file.size == path.stat().st_size), None)
        if twin is not None and not is_alike:
            raise EngineError(
                f"{source}: its *{path.suffix} is damaged: as long as the published {twin.name}, but its "
                f"{twin.algorithm.upper()} is not {twin.digest}; get it again"
            )
    return bool(kit.files) or all(alike)
