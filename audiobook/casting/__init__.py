"""Casting: voices.yaml becomes settings, and characters get their voices."""
