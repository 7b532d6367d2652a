"""Turns stories and books into full-cast audiobooks; docs/code.md is the map of the rooms."""

__version__ = "0.1.0"
