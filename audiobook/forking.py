"""Whether this machine's processes are forked: copies of one that is running, made in a millisecond."""

from __future__ import annotations

import os
import sys


def may_fork() -> bool:
    """Tell whether processes are forked rather than started anew: on Linux, unless NARRATE_NO_FORK is set.

    Windows can't; on macOS the system's own libraries may crash in a forked process (CPython's issue 33725).
    """
    return sys.platform == "linux" and not os.environ.get("NARRATE_NO_FORK")
