"""Initials, and words in capitals, in English."""

from __future__ import annotations

import re

from audiobook.normalizing.rules import CAPITALS, DOT, Rule, word_before

_INITIALS = re.compile(
    r"(?<![\w.’'])((?:[A-Z]\.[ ]?){2,4}|[B-Z]\.[ ]?)(?= ?(?:[A-ZÀ-Þ][a-zß-ÿ’']|[A-ZÀ-Þ]{4}))"
)
_NO_NAMES = frozenset(
    "He She It They We You The This That These Those There Then But And Or So If As At In On My His Her "
    "Their Our Your What When Where Who Why How Is Was Were Are Do Did Not No Yes Oh Now For From To Of "
    "Well Perhaps Here Still Let Come Yet Only Once After Before Until While Though Because All Some "
    "Any Have Had Has Will Would Could Should Can May Must Please Thank Nothing Nobody Everyone "
    "Everything By With Without".split()
)
_WORD_AFTER = re.compile(r"\s{0,3}([^\W\d_]{1,20})")
_PLACES_OF_LETTERS = frozenset(
    "vitamin plan type grade class section exhibit letter hepatitis point block row appendix group team "
    "gate building ward plate part figure option side".split()
)
_ANNO_DOMINI = re.compile(
    r"(?<![\w.])AD(?= \d)|(?<=\d )AD(?!\w)|(?<=BC and )AD(?!\w)|(?<=BC or )AD(?!\w)|(?<=BC to )AD(?!\w)"
)

_SHORT_WORDS = frozenset(
    "act aft age ago ah aid ail aim air am arm art ask ate awe axe aye bad bag bar bat bay bed beg bet "
    "bid big bit bob box boy bud bug buy bye cab cap car cat cow cry cup cut dad day den dew die dig dim "
    "dip dog don dry due ear eat ego elf end eve eye fan far fat fed fee few fit fly fog fox fro fry fun "
    "fur gap gas gay gem gin god gun gut ha ham has hat hay hee hen hey hid hip hit ho hop hot hug hum "
    "hut ice icy if ill ink inn it jam jar jaw jet jig job jog joy key kid lad lap law lay led leg let "
    "lid lie lip lit lo log loo lot low ma mad man map mat men met mid mix mob mom mud mum nap nay net "
    "new nod nut oak oar odd off oft oh oil old out owe owl own ox pa pal pan paw pay pea pen pet pie pig "
    "pin pit pot pry pub ran rap rat raw red rib rid rip rob rod rot rub rug rum run sad sag sat saw say "
    "sea see set sew shy sin sip sit six sky sly sob sow spy sub sum sun tap tax tea tie tin tip toe too "
    "top tow toy try tub um us van vow war wax way web wed wet win wit woe won yes yet".split()
)
"""Words that engines spell where they stand in capitals (by eSpeak: words of three letters, some of
two).  It, us and am are words only among others in capitals, since they are abbreviations too."""
_SHORT_NAMES = frozenset(
    "abe ada amy ana ann ava ben bob dan dee don eve fay gus hal ian ida jan jay jem jim joe jon kay "
    "ken kim kit lee len leo liz lou mae max meg mia nan nat ned pat peg pip ray rex rob ron roy sal "
    "sam sid sue ted tim tom val vic wes zoe".split()
)
_DOUBTFUL = frozenset("it us am act if ah ego aid web don pin pet bud mum".split())
_CAPITAL_WORD = re.compile(r"(?<![\w.&’'/#@-])[A-Z]{2,3}(?![\w&/]|['’](?!S\b)\w|\.\w|-\d)")
_NEIGHBOUR_BEFORE = re.compile(r"([A-Z’']{1,20})[,;:!?.…—–-]{0,3} \Z")
_NEIGHBOUR_AFTER = re.compile(r"[,;:!?.…—–-]{0,3} ([A-Z’']{1,20})(?![\w])")


def _read_initials(match: re.Match[str]) -> str | None:
    initials = match[1]
    follows = _WORD_AFTER.match(match.string, match.end())
    if follows and follows[1] in _NO_NAMES:
        return None
    letters = initials.replace(".", " ").split()
    if len(letters) == 1 and (letters[0] == "I" or word_before(match).lower() in _PLACES_OF_LETTERS):
        return None
    if letters in (["A", "M"], ["P", "M"]) and word_before(match).isdigit():
        return None
    # "A" by itself would be the article.
    return " ".join("Eh" if letter == "A" else letter for letter in letters) + (
        " " if initials.endswith(" ") or not initials.endswith(".") else ""
    )


def _read_capitals(match: re.Match[str]) -> str | None:
    word = match[0].lower()
    if word in _SHORT_NAMES:
        return word.capitalize()
    if word not in _SHORT_WORDS:
        return None
    if word in _DOUBTFUL and not _is_among_capitals(match):
        return None
    return word


def _is_among_capitals(match: re.Match[str]) -> bool:
    """Tell whether a word of a pair of capitals stands between words in capitals, or beside long ones."""
    before = _NEIGHBOUR_BEFORE.search(match.string, max(0, match.start() - 26), match.start())
    if (before and before[1] == "THE") or match.string[
        max(0, match.start() - 5) : match.start()
    ].lower().strip() == "the":
        return False  # the US
    after = _NEIGHBOUR_AFTER.match(match.string, match.end())
    beside = [found[1] for found in (before, after) if found and found[1] not in ("I", "A")]
    return any(
        len(word) > 3 or word.lower() in _SHORT_WORDS - _DOUBTFUL or word in _FUNCTION for word in beside
    )


_FUNCTION = frozenset(
    "WAS YOU ME HAD DID GET GOT HER NOW UP WHO WHY AND THE TO IS NO NOT IN ON OF FOR BE DO GO HE SHE WE "
    "MY SO AT BY OR AS AN ALL BUT HAS CAN".split()
)

_LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")

INITIALS = Rule(name="letters: initials", needs=DOT, pattern=_INITIALS, read=_read_initials)
SEVERAL_INITIALS = Rule(
    name="letters: several initials",
    needs=DOT,
    pattern=re.compile(
        r"(?<![\w.’'-])((?:[B-Z]\.[ \u00a0]?){2,4})(?= ?(?:(?:von|van|de|du|di) )?[A-ZÀ-Þ][a-zß-ÿ])"
    ),
    read=lambda match: " ".join(match[1].replace(".", " ").split()) + " ",
)
"""In any language: one letter alone may end a sentence, several are a person's."""
ANNO_DOMINI = Rule(name="letters: anno domini", needs=CAPITALS, pattern=_ANNO_DOMINI, read=lambda _: "A.D.")
CAPITAL = Rule(name="letters: capital", needs=CAPITALS, pattern=_CAPITAL_WORD, read=_read_capitals)
FORMULA = Rule(
    name="letters: formula",
    needs=re.compile("[₀-₉]"),
    pattern=re.compile(r"(?<![\w.])(?=[A-Za-z]*[₀-₉])(?:[A-Z][a-z]?[₀-₉]{0,2}){1,8}(?!\w)"),
    read=lambda match: " ".join(match[0].translate(_LOWERED).replace("", " ").split()),
)
"""Of chemistry: CO₂, H₂SO₄."""
