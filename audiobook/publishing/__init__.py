"""Publishing: tracks become files that a listener opens."""

from audiobook.publishing.audiobookshelf import (
    compose_shelf_files,
    describe_shelf_book,
    list_shelf_files,
)
from audiobook.publishing.captions import CAPTION_ENDINGS, CAPTIONS, words_for
from audiobook.publishing.cover import (
    CoverWish,
    find_picture_fault,
    identify_cover,
    make_cover,
    make_thumbnail,
)
from audiobook.publishing.editions import (
    BOOK_FILES,
    TEXT_FILES,
    WITH_COVER,
    WITH_PAGES,
    read_edition_mark,
    read_edition_seconds,
)
from audiobook.publishing.files import (
    TRACK_FILES,
    read_mark,
    read_record_text,
    read_seconds,
    read_track,
    write_tags,
)
from audiobook.publishing.names import safe_file_name, safe_folder_name, unique_titles
from audiobook.publishing.tags import UNKNOWN_AUTHOR, Stamp, Tags, language_code, write_times

__all__ = [
    "BOOK_FILES",
    "CAPTIONS",
    "CAPTION_ENDINGS",
    "TEXT_FILES",
    "TRACK_FILES",
    "UNKNOWN_AUTHOR",
    "WITH_COVER",
    "WITH_PAGES",
    "CoverWish",
    "Stamp",
    "Tags",
    "compose_shelf_files",
    "describe_shelf_book",
    "find_picture_fault",
    "identify_cover",
    "language_code",
    "list_shelf_files",
    "make_cover",
    "make_thumbnail",
    "read_edition_mark",
    "read_edition_seconds",
    "read_mark",
    "read_record_text",
    "read_seconds",
    "read_track",
    "safe_file_name",
    "safe_folder_name",
    "unique_titles",
    "words_for",
    "write_tags",
    "write_times",
]
