"""Engines: text becomes a clip, one adapter per speech engine."""
