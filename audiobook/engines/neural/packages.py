"""Whether an engine's packages are there, without importing them."""

from __future__ import annotations

import functools
from importlib.metadata import PackageNotFoundError, version

from audiobook.errors import EngineError


@functools.cache
def name_versions(extra: str, packages: tuple[str, ...]) -> str:
    """Name the installed versions, looked up once: that takes milliseconds, and a plan asks line by line.

    Raises `EngineError`, with what installs them, where one is missing.
    """
    try:
        return ", ".join(f"{name} {version(name)}" for name in packages)
    except PackageNotFoundError as error:
        raise EngineError(
            f"the engine {extra} needs the package {error.name}; pip install 'narrate-audiobook[{extra}]'"
        ) from error
