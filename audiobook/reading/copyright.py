"""Copyright pages that no heading and no contents call so: told by what they say."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from audiobook.reading.flow import Block
from audiobook.words import count_words

_LONGEST = 500
"""Words of a copyright page; the longest of the measured books has 290."""
# What such pages say, in the languages whose books are most often met.  Each line is one sign.
_SIGNS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"©|\(c\) ?(?:19|20)\d\d|\bcopyright\b|\bcopyleft\b|\bcreative commons\b",
        (
            r"\ball rights reserved\b|\bno part of this (?:book|publication|work)\b|\bsome rights reserved\b"
            r"|\balle rechte vorbehalten\b|\btous droits\b.{0,30}\bréservés\b"
            r"|\btodos los derechos reservados\b"
            r"|\btutti i diritti\b.{0,20}\briservati\b|\btodos os direitos\b.{0,20}\breservados\b"
            r"|\balle rechten voorbehouden\b|\bwszelkie prawa zastrzeżone\b|\bвсе права защищены\b"
            r"|版权所有|版權所有|翻印必究|版権所有|著作権|無断(?:転載|複製)|저작권|무단 ?전재"
        ),
        r"\be?-?isbn\b|\bissn\b|統一書號|书号",
        (
            r"\blibrary of congress\b|\bcatalogu?ing[ -]in[ -]publication\b"
            r"|\bdeutsche nationalbibliothek\b|\bbibliografische information\b|\bdépôt légal\b"
            r"|\bdepósito legal\b"
            r"|\bcip[ -]data\b|\bудк\b|\bббк\b|图书在版编目|圖書館"
        ),
        (
            r"\b(?:first|originally) (?:published|printed)\b|\bpublished (?:in|by)\b|\bprinted (?:in|by)\b"
            r"|\bfirst .{0,20}edition\b|\b(?:1\.|erste) auflage\b|\bpremière édition\b|\bprimera edición\b"
            r"|\bprima edizione\b|\beerste druk\b|\bwydanie pierwsze\b|\bпервое издание\b|\bоригинал-макет\b"
            r"|発行[所者日]?|出版社|出版发行|印刷|発行|著者|펴낸"
        ),
        (
            r"\bworks? of fiction\b|\b(?:names, )?characters,? .{0,60}\b(?:fictitious|imagination)\b"
            r"|\bany resemblance\b|\bpersonnes? .{0,40}fortuite\b"
        ),
        (
            r"\b(?:cover|jacket|book) (?:design|art|illustration|photograph)\w* (?:by|copyright|©)\b"
            r"|\bumschlag(?:gestaltung|abbildung)\b|\btypeset (?:by|in)\b|\bsatz:|\bdruck und bindung\b|\bwww\.|https?://"
        ),
    )
]
_DEDICATION = re.compile(
    r"(?:for|to|in (?:loving )?memory of|für|pour|à|para|per|aan|voor|dla|для)\s", re.IGNORECASE
)


def is_copyright_page(words_of: Callable[[Block], str], blocks: Sequence[Block], signs: int = 2) -> bool:
    """Tell whether a page is short, and says several of the things that copyright pages say.

    The first or second of them (a copyright, rights that are reserved) is always among those.  A
    dedication that stands on it is kept (`Block.is_kept`).
    """
    text = "\n".join(words_of(block) for block in blocks)
    if count_words(text) > _LONGEST or len(text) > 8 * _LONGEST:
        return False
    met = [bool(sign.search(text)) for sign in _SIGNS]
    if sum(met) < signs or not any(met[:2]):
        return False
    for block in blocks:
        words = words_of(block)
        is_sign = any(sign.search(words) for sign in _SIGNS)
        if _DEDICATION.match(words) and not is_sign and count_words(words) <= 15:
            block.is_kept = True
    return True
