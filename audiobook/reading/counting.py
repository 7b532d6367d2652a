"""Numbers as chapters bear them: 12, 1.5, 2a, XIV, Sixty-One, Erstes, première, 十二, １０."""

from __future__ import annotations

import re

_ENGLISH = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ENGLISH_ORDINALS = (
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth"
    " fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
).split()
_TENTHS = [word[:-1] + "ieth" for word in _TENS]
_VALUES = (
    {word: value for value, word in enumerate(_ENGLISH)}
    | {word: value for value, word in enumerate(_ENGLISH_ORDINALS)}
    | {word: 10 * value for value, word in enumerate(_TENS, 2)}
    | {word: 10 * value for value, word in enumerate(_TENTHS, 2)}
    | {"hundred": 100, "hundredth": 100, "thousand": 1000, "thousandth": 1000}
)
# Beside English, what chapters are counted with in words: of some languages one to twelve, in order …
_ONE_TO_TWELVE = (
    "eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
    "un deux trois quatre cinq six sept huit neuf dix onze douze",
    "uno dos tres cuatro cinco seis siete ocho nueve diez once doce",
    "uno due tre quattro cinque sei sette otto nove dieci undici dodici",
    "um dois três quatro cinco seis sete oito nove dez onze doze",
    "één twee drie vier vijf zes zeven acht negen tien elf twaalf",
    "ett två tre fyra fem sex sju åtta nio tio elva tolv",
    "один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать",
    "jeden dwa trzy cztery pięć sześć siedem osiem dziewięć dziesięć jedenaście dwanaście",
)
_FOREIGN_VALUES = {word: value for count in _ONE_TO_TWELVE for value, word in enumerate(count.split(), 1)}
# … and others, whose value is not needed.
_CARDINALS = (
    "ein zwanzig dreißig vierzig fünfzig hundert une treize quatorze quinze seize vingt trente quarante"
    " cinquante soixante cent trece catorce quince veinte treinta cuarenta cincuenta tredici venti trenta"
    " quaranta cinquanta treze vinte trinta quarenta een dertien veertien twintig dertig to et fire seks syv"
    " otte ni ti elleve الأول الثاني الثالث الرابع الخامس السادس السابع الثامن التاسع العاشر"
    " двадцать тридцать сорок пятьдесят yksi kaksi kolme neljä viisi bir iki üç dört beş altı yedi sekiz"
    " dokuz on"
)
_ORDINALS = (
    r"(?:erst|zweit|dritt|viert|fünft|sechst|sieb(?:en)?t|acht|neunt|zehnt|elft|zwölft|\w+zehnt|\w*zigst"
    r"|\w*dreißigst|letzt)e[rsn]?"
    r"|premi(?:er|ère)|seconde?|derni(?:er|ère)|\w+i[èe]me"
    r"|(?:primer|segund|tercer|cuart|quint|sext|séptim|octav|noven|décim|undécim|duodécim|últim)[oa]?"
    r"|(?:prim|second|terz|quart|sest|settim|ottav|non|decim|ultim|\w+esim)[oa]"
    r"|(?:primeir|terceir|quart|sétim|oitav)[oa]"
    r"|eerste|tweede|derde|vierde|vijfde|zesde|zevende|achtste|negende|tiende|elfde|twaalfde|laatste"
    r"|första|andra|tredje|fjärde|femte|sjätte|sjunde|åttonde|nionde|tionde|første|anden|annen|fjerde|sjette"
    r"|syvende|ottende|niende|tiende"
    r"|(?:pierwsz|drug|trzec|czwart|piąt|szóst|siódm|ósm|dziewiąt|dziesiąt|\w+nast|\w+dziest)(?:y|i|a|ia)"
    r"|(?:перв|втор|трет|четв[её]рт|пят|шест|седьм|восьм|девят|десят|\w+надцат|двадцат|тридцат)"
    r"(?:ый|ой|ий|ая|ья|ое)"
    r"|první|druh[ýáé]|třetí|čtvrt[ýáé]|pát[ýáé]|šest[ýáé]|sedm[ýáé]|osm[ýáé]|devát[ýáé]|desát[ýáé]"
    r"|ensimmäinen|toinen|kolmas|neljäs|viides|kuudes|seitsemäs|kahdeksas|yhdeksäs|kymmenes"
    r"|első|második|harmadik|negyedik|ötödik|hatodik|hetedik|nyolcadik|kilencedik|tizedik"
    r"|birinci|ikinci|üçüncü|dördüncü|beşinci|altıncı|yedinci|sekizinci|dokuzuncu|onuncu"
)
_ROMAN = r"(?=[IVXLCDM])M{0,3}(?:CM|CD|D?C{0,4})(?:XC|XL|L?X{0,4})(?:IX|IV|V?I{0,4})"
_ENDING = r"(?:st|nd|rd|th|ers?|[eè]re|[eè]me|[ºª])"
"""What makes a numeral an ordinal: "chapitre Ier", "capítulo 1º"."""
_DIGITS = rf"[0-9０-９]{{1,5}}(?:[.,][0-9]{{1,2}}|{_ENDING}(?![^\W_])|-?[a-z])?"
_ENGLISH_WORD = "|".join(sorted(_VALUES, key=len, reverse=True))
_WORDS = rf"(?:a )?(?:{_ENGLISH_WORD})(?:(?:[- ]|, )(?:and[- ])?(?:{_ENGLISH_WORD}))*"
_FOREIGN_FIRST = "|".join(sorted(_FOREIGN_VALUES, key=len, reverse=True))
_FOREIGN = "|".join(sorted({*_CARDINALS.split(), *_FOREIGN_VALUES}, key=len, reverse=True))
_COMPOUND = (
    r"\w{3,6}und\w{3,6}[zß]ig|dreizehn|\w{4,6}zehn|veinti\w{2,6}|dieci\w{3,5}|ventu?\w{2,7}|\w{3,5}tien"
)
ORDINAL = (
    rf"(?:(?:(?:{'|'.join(_TENS)})-)?(?:{'|'.join([*_ENGLISH_ORDINALS, *_TENTHS])}|last|final)|{_ORDINALS})"
)
"""An ordinal in words."""
NUMBER = (
    rf"(?:{_DIGITS}|(?:{_ROMAN}|[IVX]{{1,7}}(?:{_ENDING}|e))(?![^\W_])|{_WORDS}(?![^\W_])|last|final"
    rf"|(?:{_ORDINALS})(?![^\W_])|[א-ת]{{1,3}}['׳]?(?![^\W_])"
    rf"|(?:{_COMPOUND}|{_FOREIGN})(?:[- ](?:(?:et|y|e|und)[- ])?(?:{_FOREIGN}))*)"
)
"""A chapter's number, in digits, Roman or in words."""
_ORDINAL_NUMERAL = re.compile(rf"(?:(\d+){_ENDING}|([ivx]+?)(?:{_ENDING}|e))\.?")
CJK_DIGITS = "[0-9０-９〇零一二三四五六七八九十百千两兩壱弐参]"
_CJK_VALUES = {
    **{c: v for v, c in enumerate("零一二三四五六七八九")},
    "〇": 0,
    "两": 2,
    "兩": 2,
    "壱": 1,
    "弐": 2,
    "参": 3,
}
_CJK_UNITS = {"十": 10, "百": 100, "千": 1000}
_LETTERS = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
NUMERAL = rf"(?:{_ROMAN}|[0-9０-９]{{1,4}}|[一二三四五六七八九十百〇]{{1,6}}|{_WORDS}|{_FOREIGN_FIRST})"
"""A number that may stand alone above a chapter."""


def number_value(number: str) -> float | None:
    """Return what a chapter's number counts, None where that is in no words known here; "2a" is 2.01."""
    words = number.strip().casefold()
    if ordinal := _ORDINAL_NUMERAL.fullmatch(words):
        words = ordinal[1] or ordinal[2]
    if words in _FOREIGN_VALUES:
        return _FOREIGN_VALUES[words]
    if match := re.fullmatch(r"(\d{1,5})(?:[.,](\d{1,2})|-?([a-z]))?\.?", words):
        part = f"0.{match[2]}" if match[2] else "0"
        letter = (ord(match[3]) - 96) / 100 if match[3] else 0
        return int(match[1]) + float(part) + letter
    if re.fullmatch(_ROMAN, words.upper().rstrip(".")):
        values = [_LETTERS[letter] for letter in words.upper().rstrip(".")]
        return sum(-v if any(w > v for w in values[i + 1 : i + 2]) else v for i, v in enumerate(values))
    if words and all(c in _CJK_VALUES or c in _CJK_UNITS for c in words):
        return _cjk_value(words)
    parts = [part for part in re.split(r"[-,\s]+", words) if part not in {"a", "and", "the"}]
    return _english_value(parts) if parts and all(part in _VALUES for part in parts) else None


def _english_value(parts: list[str]) -> int:
    total = current = 0
    for part in parts:
        value = _VALUES[part]
        if value >= 100:
            current = max(1, current) * value
            total, current = (total + current, 0) if value == 1000 else (total, current)
        else:
            current += value
    return total + current


def _cjk_value(words: str) -> int:
    if not any(c in _CJK_UNITS for c in words):
        return int("".join(str(_CJK_VALUES[c]) for c in words))
    total = digit = 0
    for character in words:
        if character in _CJK_UNITS:
            total += max(1, digit) * _CJK_UNITS[character]
            digit = 0
        else:
            digit = _CJK_VALUES[character]
    return total + digit
