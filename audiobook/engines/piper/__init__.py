"""Piper: neural voices, a model each."""
