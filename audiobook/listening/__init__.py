"""Listening: a recognizer hears finished speech, and what it hears is compared with what was to be said."""
