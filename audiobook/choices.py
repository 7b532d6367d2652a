"""Names and endings that are known without loading anything, so that a help text can list them at once."""

FORMATS = ("mp3", "opus", "flac", "vtt", "srt", "lrc", "words", "m4b", "epub", "lpf", "podcast", "sample")
"""What can be written (`publishing/`): a chapter's files, texts beside them, whole books."""

PROFILES = ("acx", "librivox", "podcast")
"""By whose demands finished files can be measured (`checking/profiles.py`); the first where none is named."""

LAYOUTS = ("plain", "audiobookshelf")
"""How folders under `output/` are called: as the stories, or as that server's scanner reads them."""

USUAL_ENGINE = "pyttsx3"
"""The engine that is always here.  It speaks in the stead of one that has no voice of a language."""

PICTURES = {".jpg": "jpeg", ".jpeg": "jpeg", ".png": "png"}
"""What a cover beside a story may be, by the ending of its name, best first."""

SERIES_RECORD = "series.json"
"""What is remembered of series, beside voices.yaml (`project/series_record.py`)."""
