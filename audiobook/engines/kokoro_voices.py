"""Kokoro's published model: its voices and files, and how they are installed."""

from __future__ import annotations

from audiobook.model import Gender

MODEL = "v1.0"

LANGUAGES = {
    "a": "en-us", "b": "en-gb", "e": "es", "f": "fr-fr", "h": "hi", "i": "it", "j": "ja", "p": "pt-br", "z": "cmn",
}  # fmt: skip
"""A voice's first letter → what eSpeak calls its language
(https://huggingface.co/hexgrad/Kokoro-82M/blob/main/VOICES.md).  The model learnt Japanese and Chinese from
another phonemizer than eSpeak, so these two are read worse than they could be."""

VOICES = tuple(
    f"{group}_{name}"
    for group, names in {
        "af": "alloy aoede bella heart jessica kore nicole nova river sarah sky",
        "am": "adam echo eric fenrir liam michael onyx puck santa",
        "bf": "alice emma isabella lily",
        "bm": "daniel fable george lewis",
        "ef": "dora",
        "em": "alex santa",
        "ff": "siwis",
        "hf": "alpha beta",
        "hm": "omega psi",
        "if": "sara",
        "im": "nicola",
        "jf": "alpha gongitsune nezumi tebukuro",
        "jm": "kumo",
        "pf": "dora",
        "pm": "alex santa",
        "zf": "xiaobei xiaoni xiaoxiao xiaoyi",
        "zm": "yunjian yunxi yunxia yunyang",
    }.items()
    for name in names.split()
)
"""The 54 voices of Kokoro 1.0 (the same page)."""

_GENDERS: dict[str, Gender] = {"f": "female", "m": "male"}


def language_of(voice_id: str) -> str:
    """Return what eSpeak calls the language of a voice, or of a blend's first one."""
    return LANGUAGES.get(voice_id[:1], "en-us")


def gender_of(name: str) -> Gender:
    """Return a voice's gender, as the second letter of its name tells it."""
    return _GENDERS.get(name[1:2], "unknown")
