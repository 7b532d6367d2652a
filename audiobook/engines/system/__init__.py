"""The voices of the system, through pyttsx3 and its event loop."""
