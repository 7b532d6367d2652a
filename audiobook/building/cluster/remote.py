"""A track made on another machine: what is sent there, what is done there, and what comes back.

Nothing but bytes passes: the machines share no disk.  Where the work is done, clips and the file in the
making are in a folder of that job's own, which is gone when it ends.
"""

from __future__ import annotations

import pickle
import tempfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from audiobook.audio import find_encoder
from audiobook.building.cluster.toolchain import compare_tools, engines_of, name_tools
from audiobook.building.jobs import TrackResult, build_track, discard, publish, unfinished_track
from audiobook.caching.clips import ClipCache
from audiobook.errors import ClusterError, NarrateError, StorageError
from audiobook.model import Track
from audiobook.planning.plans import TrackPlan
from audiobook.project.layout import make_folder
from audiobook.publishing import read_mark
from audiobook.scratch import open_scratch


class UnlikeError(ClusterError):
    """A worker would make other bytes than this machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteTrack:
    """A finished file's bytes, and how many clips were spoken for it."""

    track: Track
    clips: int
    data: bytes


def pack_track(plan: TrackPlan) -> bytes:
    """Pack all that a track is made from; a fifth of its size, and opaque to whatever passes it on."""
    return zlib.compress(pickle.dumps(plan), 6)


def make_track_remotely(parcel: bytes, tools: Mapping[str, str], ffmpeg: str) -> RemoteTrack:
    """Make a packed track in a folder of its own, and return the file's bytes.

    Raises `UnlikeError` where this machine's tools are not those that the track was planned with.
    The parcel is opened only then: another version of narrate might not understand it.
    """
    where, folder = _whereabouts()
    # Looked at for each job, since workers join and leave while the work goes on.
    difference = compare_tools(tools, name_tools(engines_of(tools), ffmpeg))
    if difference:
        raise UnlikeError(f"the worker {where} would make other files: {difference}")
    plan: TrackPlan = pickle.loads(zlib.decompress(parcel))  # noqa: S301 - Dask itself unpickles the job
    try:
        return _make(plan, ffmpeg, folder)
    except NarrateError as error:
        raise type(error)(f"on the worker {where}: {error}") from error
    except OSError as error:
        raise StorageError(f"on the worker {where}: {folder or tempfile.gettempdir()}: {error}") from error


def _make(plan: TrackPlan, ffmpeg: str, folder: str | None) -> RemoteTrack:
    with open_scratch(folder) as scratch:
        unfinished = scratch / unfinished_track(plan, Path()).name
        result = build_track(plan, ClipCache(scratch / "clips"), find_encoder(ffmpeg), unfinished)
        return RemoteTrack(track=result.track, clips=result.clips_repaired, data=unfinished.read_bytes())


def _whereabouts() -> tuple[str, str | None]:
    """Return the worker's address, and its folder for what is temporary.

    Dask clears away there what a worker left behind that was killed.
    """
    from distributed import get_worker

    worker = get_worker()
    return worker.address, worker.local_directory


def receive_track(plan: TrackPlan, made: RemoteTrack, partial: Path) -> TrackResult:
    """Write a file made elsewhere, look whether it is the whole of what was planned, and publish it.

    All its clips were made for it, so each of its utterances counts as made.
    Raises `ClusterError` where it is not, `StorageError` where it can't be written.
    """
    unfinished = unfinished_track(plan, partial)
    make_folder(unfinished.parent)
    try:
        unfinished.write_bytes(made.data)
        mark = read_mark(unfinished)
        if mark is None or mark.fingerprint != plan.fingerprint:
            raise ClusterError(f"{plan.path}: what came back from the cluster is not this file, whole")
        publish(unfinished, plan.path)
    except OSError as error:
        raise StorageError(f"{unfinished.parent}: can't be written: {error.strerror}") from error
    finally:
        discard(unfinished)
    return TrackResult(track=made.track, clips_repaired=len({spec.key for spec in plan.specs}))
