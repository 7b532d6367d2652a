"""Publishing: a track becomes a file that a listener opens."""

from audiobook.publishing.mp3 import Tags, read_mark, read_record_text, read_seconds, write_tags
from audiobook.publishing.names import safe_file_name, safe_folder_name, unique_titles

__all__ = [
    "Tags",
    "read_mark",
    "read_record_text",
    "read_seconds",
    "safe_file_name",
    "safe_folder_name",
    "unique_titles",
    "write_tags",
]
