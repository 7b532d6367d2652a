"""The command line: `narrate`, and what a person sees of it."""

from audiobook.cli.program import main

__all__ = ["main"]
