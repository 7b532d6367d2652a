"""Initials, and words in capitals, in English."""

from __future__ import annotations

import re

from audiobook.normalizing.rules import CAPITALS, DOT, Rule, next_word, word_before

_INITIALS = re.compile(r"(?<![\w.’'])((?:[B-Z]\.[ ]?){1,4})(?= ?[A-ZÀ-Þ][a-zß-ÿ’'])")
_NO_NAMES = frozenset(
    "He She It They We You The This That These Those There Then But And Or So If As At In On My His Her Their Our "
    "Your What When Where Who Why How Is Was Were Are Do Did Not No Yes Oh Now For From To Of".split()
)
_PLACES_OF_LETTERS = frozenset(
    "vitamin plan type grade class section exhibit letter hepatitis point block row".split()
)
_ANNO_DOMINI = re.compile(r"(?<![\w.])AD(?= \d)|(?<=\d )AD(?!\w)|(?<=BC and )AD(?!\w)|(?<=BC or )AD(?!\w)|(?<=BC to )AD(?!\w)")

_SHORT_WORDS = frozenset(
    "act add age ago ah aid ail aim air am any arm art ask ate aye bad bag bar bat bed beg bet bid big bit bob bow "
    "box boy bud bug bus buy bye cab car cat cow cry cut day did die dig dog don dry due ear eat egg ego elf "
    "end eve eye fan far fat fed fee few fit fix fly fog fox fun gap get gin god got gun gut had ham hat hay hen her "
    "hey hid hip hit hot hug hut ice if ill ink inn it its jam jar jaw jet job jog joy key kid lad lap law lay led leg "
    "let lid lie lip lit log lot low mad man map mat me men met mix mob mud mum nap nay net new nor now nut oak odd "
    "off oh oil old one our out owe owl own pay pen pet pie pig pin pit pot pub put ran rat raw red rid rip "
    "rob rot row rub rug run sad sat saw say sea see set sew shy sin sip sir sit six sky sob son spy sum sun tax tea "
    "ten tie tin tip toe too top toy try two up us war was wax way web wed wet who why win wit woe won yes yet you".split()
)
"""Words that engines spell where they stand in capitals (measured with eSpeak: words of three letters and some of
two).  It, us and am are words only among others in capitals, since they are abbreviations too."""
_DOUBTFUL = frozenset("it us am act if ah ego aid web don pin pet bud mum".split())
_CAPITAL_WORD = re.compile(r"(?<![\w.&’'/#@-])[A-Z]{2,3}(?![\w&/]|['’][A-Z]{2}|\.\w|-\d)")
_NEIGHBOUR_BEFORE = re.compile(r"([A-Z’']{1,20})[,;:!?.…—–-]{0,3} \Z")
_NEIGHBOUR_AFTER = re.compile(r"[,;:!?.…—–-]{0,3} ([A-Z’']{1,20})(?![\w])")


def _read_initials(match: re.Match[str]) -> str | None:
    initials = match[1]
    if (
        next_word(match) in _NO_NAMES
        or match.string[match.end() :].lstrip(" ")[:40].split(" ")[0] in _NO_NAMES
    ):
        return None
    letters = initials.replace(".", " ").split()
    if len(letters) == 1 and (letters[0] == "I" or word_before(match).lower() in _PLACES_OF_LETTERS):
        return None
    joined = initials.replace(".", " ").split()
    return " ".join(joined) + (" " if initials.endswith(" ") or not initials.endswith(".") else "")


def _read_capitals(match: re.Match[str]) -> str | None:
    word = match[0].lower()
    if word not in _SHORT_WORDS:
        return None
    if word in _DOUBTFUL and not _is_among_capitals(match):
        return None
    return word


def _is_among_capitals(match: re.Match[str]) -> bool:
    """Tell whether a word of a pair of capitals stands between words in capitals, or beside long ones."""
    before = _NEIGHBOUR_BEFORE.search(match.string, max(0, match.start() - 26), match.start())
    after = _NEIGHBOUR_AFTER.match(match.string, match.end())
    beside = [found[1] for found in (before, after) if found and found[1] not in ("I", "A")]
    return any(
        len(word) > 3 or word.lower() in _SHORT_WORDS - _DOUBTFUL or word in _FUNCTION for word in beside
    )


_FUNCTION = frozenset(
    "AND THE TO IS NO NOT IN ON OF FOR BE DO GO HE SHE WE MY SO AT BY OR AS AN ALL BUT HAS CAN".split()
)

INITIALS = Rule(needs=DOT, pattern=_INITIALS, read=_read_initials)
ANNO_DOMINI = Rule(needs=CAPITALS, pattern=_ANNO_DOMINI, read=lambda _: "A.D.")
CAPITAL = Rule(needs=CAPITALS, pattern=_CAPITAL_WORD, read=_read_capitals)
