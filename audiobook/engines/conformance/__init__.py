"""What every engine must keep to, as checks that can be run on any: `narrate doctor --engine NAME:VOICE`.

A check is a function that takes a `Trial` and says in a few words what it found, or raises `Breach`.
What an engine declares that it can't do (`base.LimitedEngine`) is checked too, for being so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from audiobook.engines.base import Engine, LimitedEngine
from audiobook.engines.conformance.knobs import PROPERTIES
from audiobook.engines.conformance.processes import PROCESSES
from audiobook.engines.conformance.texts import SPEECH
from audiobook.engines.conformance.trial import Breach, Check, Trial
from audiobook.errors import NarrateError
from audiobook.model import Voice

CHECKS: tuple[Check, ...] = (*SPEECH, *PROPERTIES, *PROCESSES)
"""All checks, those first that say most about a new engine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """What one check found, in words."""

    name: str
    passed: bool
    found: str


def run_check(check: Check, trial: Trial) -> CheckResult:
    """Run one check; whatever an engine raises in it is a breach."""
    name = check.__name__.removeprefix("check_").replace("_", " ")
    try:
        return CheckResult(name=name, passed=True, found=check(trial))
    except (Breach, NarrateError) as error:
        return CheckResult(name=name, passed=False, found=str(error))
    except Exception as error:
        return CheckResult(name=name, passed=False, found=f"raised {error!r}")


def run_checks(
    open_engine: Callable[[], Engine], voice: Voice, checks: Sequence[Check] = CHECKS
) -> Iterator[CheckResult]:
    """Run the checks on the engine that `open_engine` makes (a callable that can be pickled), one by one."""
    with open_trial(open_engine, voice) as trial:
        for check in checks:
            yield run_check(check, trial)


def open_trial(open_engine: Callable[[], Engine], voice: Voice) -> Trial:
    """Open an engine for checks; leaving the context closes it."""
    engine = open_engine()
    limits = engine.limits(voice.id) if isinstance(engine, LimitedEngine) else frozenset()
    return Trial(open_engine=open_engine, engine=engine, voice=voice, limits=limits)


__all__ = ["CHECKS", "Breach", "Check", "CheckResult", "Trial", "open_trial", "run_check", "run_checks"]
