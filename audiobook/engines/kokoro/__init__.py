"""Kokoro: natural voices by one neural model."""
