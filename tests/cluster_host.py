"""A real Dask cluster for the tests, in processes of its own.

    python -m tests.cluster_host HOME FORBIDDEN N

It writes its address, and lives until its input ends.  Its N workers are at home in the folder HOME (cwd,
temporary files), and write every touch of a file under FORBIDDEN but outside HOME to HOME/touched.
"""

from __future__ import annotations

import os
import sys
from typing import Any


def watch(home: str, forbidden: str) -> None:
    """Note what this process does to files elsewhere; run in each worker."""

    def note(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(("open", "os.", "shutil.", "subprocess.")):
            told = str(arguments)
            if forbidden in told.replace(home, ""):
                with open(f"{home}/touched", "a", encoding="utf-8") as file:  # noqa: PTH123
                    file.write(f"{event} {told}\n")

    sys.addaudithook(note)


def main() -> None:
    from distributed import Client, LocalCluster

    home, forbidden, workers = sys.argv[1:]
    os.chdir(home)
    with LocalCluster(
        n_workers=int(workers),
        threads_per_worker=1,
        processes=True,
        dashboard_address=None,
        local_directory=f"{home}/scratch",
    ) as cluster:
        with Client(cluster) as client:
            client.run(watch, home, forbidden)
        sys.stdout.write(f"{cluster.scheduler_address}\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
