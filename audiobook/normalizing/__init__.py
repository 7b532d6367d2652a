"""Normalizing: what is spoken for what is written, where reading the letters aloud would not do."""

from audiobook.normalizing.common_words import keep_uncommon
from audiobook.normalizing.heteronyms import Sense, find_heteronyms

__all__ = ["Sense", "find_heteronyms", "keep_uncommon"]
