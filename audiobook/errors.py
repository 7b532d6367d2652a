"""The errors that a caller can act on.

    NarrateError                 everything that the program itself reports; exit status 1
    ├── UsageError               what is asked for can't be, whatever the stories are; exit status 2
    ├── SourceError              a story can't be read: missing, empty, not text, nothing to speak
    ├── SettingsError            voices.yaml holds faults; `.faults` has all of them
    ├── EditError                a change of voices.yaml can't be made; the file is as it was
    │   └── ConflictError        … since somebody else changed the file meanwhile
    ├── EngineError              an engine is missing or can't work on this machine
    │   ├── SynthesisError       one utterance could not be spoken, after retries
    │   └── PhonemeError         a pronunciation that a voice can't take; the words are read as written
    ├── EncoderError             ffmpeg is missing, broken, or gave up
    ├── StorageError             a folder can't be written, or the disk is full
    ├── ServerError              a server that books are sent to or fetched from does not do what is asked
    ├── ClusterError             a Dask cluster can't be reached, was lost, or its workers differ
    └── IncompleteError          the proof that nothing is lost failed: a fault of the program itself

A message says where, what, and what to do next.  Exceptions of other libraries are wrapped where
they arise (`raise … from`); only the command line turns errors into what a person reads.
"""

from __future__ import annotations

from typing import NamedTuple


class NarrateError(Exception):
    """The root of all errors that are reported as one message instead of a traceback."""


class UsageError(NarrateError):
    """Options and settings ask for what can't be; nothing was begun."""


class SourceError(NarrateError):
    """A story can't be read, or holds nothing to speak."""


class Fault(NamedTuple):
    """One thing wrong in a settings file: where (`line`, `column` from 1), which key, and what."""

    file: str
    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}: "
        return where + (f"{self.path}: {self.message}" if self.path else self.message)


class SettingsError(NarrateError):
    """A settings file holds faults; the message has a line for each."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


class EditError(NarrateError):
    """A change of voices.yaml can't be made; nothing was changed."""


class ConflictError(EditError):
    """voices.yaml is no longer what the one who changes it saw last."""


class EngineError(NarrateError):
    """A speech engine is missing or can't work on this machine."""


class SynthesisError(EngineError):
    """An utterance could not be spoken."""


class PhonemeError(EngineError):
    """A voice can't take a pronunciation; the message completes "… is not used: "."""


class EncoderError(NarrateError):
    """The audio encoder is missing, broken, or failed."""


class StorageError(NarrateError):
    """A file or folder can't be written."""


class ServerError(NarrateError):
    """A server can't be reached, or does not do what is asked; `status` is its answer's, else 0."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class ClusterError(NarrateError):
    """A cluster can't be reached, was lost, or can't do this machine's work."""


class IncompleteError(NarrateError):
    """Words of the source would be lost or spoken twice: a fault of the program, never of the story."""
