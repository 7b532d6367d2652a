"""What names a chapter: "CHAPTER IV.", "2. Kapitel", "Глава первая", "第一章", "[Ch. 12: Home]"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from audiobook.reading.counting import CJK_DIGITS, NUMBER, ORDINAL, number_value
from audiobook.reading.titles import letters_of

Kind = Literal["part", "act", "chapter", "scene", "named"]

# The words of the languages in which most books are written; any other word before a number that counts up
# is found by its counting (`counted_headings.py`).
_WORDS: dict[Kind, str] = {
    "part": (
        "part book volume vol arc season teil buch band staffel partie livre tome saison parte libro livro"
        " tomo deel boek część tom księga часть книга том частина díl kniha del bok osa kirja kısım kitap"
        " cilt rész kötet könyv partea cartea dio knjiga μέρος βιβλίο phần quyển"
    ),
    "act": "act akt acte acto atto ato bedrijf действие акт dějství näytös perde felvonás",
    "chapter": (
        "chapter chapters chap ch letter stave canto episode ep kapitel kapitlet kap brief gesang folge"
        " chapitre lettre épisode"
        " capítulo capitulo cap carta episodio episódio capitolo lettera hoofdstuk aflevering rozdział"
        " odcinek глава письмо эпизод розділ kapitola kapittel luku bölüm fejezet capitolul capítol poglavje"
        " poglavlje κεφάλαιο kafli chương bab nodaļa skyrius peatükk ĉapitro kapitulua pennod caibidil caput"
        " פרק الفصل فصل अध्याय บทที่"
    ),
    "scene": (
        "scene section szene abschnitt scène section escena sección scena sezione cena scène sectie scena"
        " сцена раздел výstup scen kohtaus sahne jelenet"
    ),
}
_KINDS: dict[str, Kind] = {word: kind for kind, words in _WORDS.items() for word in words.split()}
_WORD = "|".join(sorted(_KINDS, key=len, reverse=True))
# "Chapter 3", "Ch.3", "Chapter #3", "Chapter-3", "Chapter No. 3".
_BETWEEN = r"(?:\.?\s+(?:(?:no|nr|núm)\.\s*|[#№]\s*|n[º°]\s*)?|\.|\s?[:#–-]\s?|(?=\d))(?:the\s+)?"
_KEYWORD = re.compile(
    rf"(?P<kind>{_WORD}){_BETWEEN}(?P<number>{NUMBER})(?![^\W_])(?P<rest>.*)", re.IGNORECASE
)
_NUMBER_FIRST = re.compile(
    rf"(?:(?:the|das|der|die|le|la|el|il|lo|o|a|het|de)\s+)?(?P<number>{ORDINAL}|\d{{1,4}}(?:\.|-?(?:st|nd|rd|th|er|e|º|ª))|[IVXLC]{{1,8}}\.)\s+"
    rf"(?P<kind>{_WORD})(?![^\W_])(?P<rest>.*)",
    re.IGNORECASE,
)
_CJK_KINDS: dict[str, Kind] = {
    "卷": "part",
    "部": "part",
    "巻": "part",
    "권": "part",
    "부": "part",
    "节": "scene",
    "節": "scene",
    "幕": "act",
    "막": "act",
}
_CJK = re.compile(
    rf"(?:第\s*(?P<number>{CJK_DIGITS}{{1,8}})\s*(?P<kind>[章回话話节節集卷巻部篇幕夜折])"
    rf"|(?:제\s*)?(?P<number2>{CJK_DIGITS}{{1,5}})\s*(?P<kind2>[장화회권부편막])(?![가-힣]))(?P<rest>.*)"
)
_NAMES = (
    r"(?:(?:(?:author|editor|translator)['’]?s['’]? )?(?:preface|introduction|foreword|afterword)"
    r"(?: to the .{3,40})?|prologue|epilogue|postscript|conclusion|interlude|intermission|coda|appendix"
    r"|(?:bonus|extra) chapter|side story|prolog|epilog|einleitung|vorwort|nachwort|zwischenspiel|anhang"
    r"|préface|avant-propos|épilogue|postface|intermède|introducción|prólogo|prefacio|epílogo|interludio"
    r"|introduzione|prologo|prefazione|epilogo|postfazione|introdução|prefácio|posfácio|interlúdio|inleiding"
    r"|proloog|voorwoord|epiloog|nawoord|wstęp|przedmowa|posłowie|пролог|введение|предисловие|эпилог"
    r"|послесловие|интерлюдия|передмова|епілог|předmluva|úvod|doslov|förord|efterord|forord|etterord"
    r"|esipuhe|jälkisanat|önsöz|giriş|sonsöz|előszó|utószó|πρόλογος|επίλογος"
    r"|序章|序幕|序言|序|楔子|引子|前言|尾声|尾聲|终章|終章|后记|後記|番外|まえがき|はじめに|あとがき|おわりに"
    r"|プロローグ|エピローグ|幕間|프롤로그|에필로그|서장|종장|서문)"
)
_NAMED = re.compile(
    rf"(?P<name>{_NAMES})(?:\s+(?P<number>{NUMBER}|[A-Z])(?![^\W_]))?(?P<rest>.*)", re.IGNORECASE
)
# A web site's own count before the author's: "48: Chapter 44".
_RUNNING = re.compile(r"(?:\(?\d{1,5}\)?\s*[.:)\]|–—-]|#\d{1,5}\s*[.:)\]|–—-]?)\s*(?=\S)")
_LEFT = re.compile(r"(?:#{1,6}\s+|[*_~=+]+|[-–—•·◆◇■□●○☆★※✦❖§|>]+\s+)\s*")
_BRACKETS = dict(zip("[(<{【《〈「『", "])>}】》〉」』", strict=True))
_SMALL_WORD = re.compile(r"(?![ivxlcdm]+$)[a-z]+")
_BRACKETED = re.compile(r"\A[\[(<{【《〈「『]([^\])>}】》〉」』]+)[\])>}】》〉」』]\s*[-:：–—]?\s*(?=\S)")
# A title in marks and nothing behind it: "第一話「川」".
_CJK_TITLE = re.compile(r"(?:「[^「」。！？]{1,40}」|『[^『』。！？]{1,40}』)")
_SURE_REST = re.compile(
    rf"(?:of|von|de|di|van|sur|из)\s+\d{{1,4}}|(?:part|pt\.?|teil|partie|parte|deel|часть)\s+{NUMBER}"
    r"|[\"“„«][^\"“”„«».,;]{1,60}[\"”“»]",
    re.IGNORECASE,
)
"""Behind a chapter's number, what is no sentence: of 12, part 1, “The Boat”."""
_SEPARATORS = ".:：—–-|~～/([（［])）］、，・·"
LONGEST = 150
"""Characters of a heading."""
_LONGEST_PHRASE = 8
"""Words behind a chapter's number that begin small and may be its title all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChapterLabel:
    """What a line says of a chapter: `words` name it ("Chapter 4"), `rest` is its title with what parts them.

    `start` and `end` are where in the line it stands, without marks around it and a second number before it.
    """

    kind: Kind
    noun: str
    """The word that its number counts, as written."""
    words: str
    value: float | None
    rest: str
    start: int
    end: int

    @property
    def is_bare(self) -> bool:
        """Whether it has no title."""
        return not self.rest.strip(_SEPARATORS + " \t_*")

    @property
    def key(self) -> str:
        """What is the same in two labels of one chapter: "Chapter 2" and "CHAPTER II."."""
        if self.value is not None:
            return f"{self.noun.casefold()} {self.value:g}"
        return letters_of(self.words)


def find_label(line: str) -> ChapterLabel | None:
    """Return what a line that may be a heading says, or None where it is none: a sentence, say."""
    if len(line) > LONGEST:
        return None
    start, end = bare_span(line)
    label = _read_label(line, start, end)
    if (
        label is None
        and line[start : start + 1] in _BRACKETS
        and (inner := _read_label(line, start + 1, end))
    ):
        # "[Episode 1] Home"
        label = replace(inner, start=start) if inner.rest[:1] == _BRACKETS[line[start]] else None
    running = _RUNNING.match(line, start, end)
    if running and (label is None or line[start].isdigit()):
        # "48. Chapter 44", but also "2. Kapitel".
        inner = _read_label(line, running.end(), end)
        label = inner if inner is not None and inner.kind != "named" else label
    if label is None:
        return None
    # "Chapter 44: Chapter 44 Home" says it twice; "Volume 2, Chapter 3" is a chapter's.
    offset = label.end - len(label.rest.lstrip(_SEPARATORS + " ,\t"))
    inner = _read_label(line, offset, label.end) if label.rest.strip() and label.kind != "named" else None
    if inner is not None and (inner.kind, inner.value) == (label.kind, label.value):
        return inner
    if inner is not None and label.kind == "part" and inner.kind in {"chapter", "scene"}:
        words = line[label.start : inner.end - len(inner.rest)]
        return replace(inner, kind="chapter", noun=words, words=words, start=label.start)
    return label if _is_title(label) else None


def _read_label(line: str, start: int, end: int) -> ChapterLabel | None:
    words = line[start:end]
    if not words or not (words[0].isupper() or not words[0].islower()):
        # "chapter one", set small, has nothing behind it.
        small = _KEYWORD.fullmatch(words)
        if small is None or small["rest"]:
            return None
    kind: Kind
    if match := _KEYWORD.fullmatch(words) or _NUMBER_FIRST.fullmatch(words):
        noun, number = match["kind"], match["number"]
        kind = _KINDS[noun.casefold()]
        # "Second act." is a sentence, "Second Act." a heading.
        second = noun if match.start("kind") > match.start("number") else number
        if match["rest"].strip() == "." and words.isascii() and _SMALL_WORD.fullmatch(second):
            return None
    elif match := _CJK.fullmatch(words):
        number = match["number"] or match["number2"]
        noun = match["kind"] or match["kind2"]
        kind = _CJK_KINDS.get(noun, "chapter")
    elif match := _NAMED.fullmatch(words):
        kind, noun, number = "named", match["name"], match["number"] or ""
    else:
        return None
    rest = match["rest"]
    return ChapterLabel(
        kind=kind,
        noun=noun,
        words=words[: len(words) - len(rest)].strip(),
        value=number_value(number),
        rest=rest,
        start=start,
        end=end,
    )


def _is_title(label: ChapterLabel) -> bool:
    """Tell whether what stands behind a chapter's number is its title, and not the rest of a sentence.

    "Chapter 2 was long" is a sentence; "Chapter 2 The Carpet-Bag", "Chapter 2. Was it so?" are titles.
    """
    rest = label.rest.strip(" \t_*")
    title = rest.lstrip(_SEPARATORS + " ")
    if not title:
        return not rest or rest[0] in _SEPARATORS
    if rest[0] in "，、" and not label.rest[:1].isspace():
        return False
    if _CJK_TITLE.fullmatch(rest) or _SURE_REST.fullmatch(rest):
        return True
    if re.search(r"[,，]$|,[”\"’]|[。！？」』]$", rest):
        return False
    is_cjk = (
        not label.words.isascii() and not title[0].isascii() and not title[0].isupper() and _is_wide(title[0])
    )
    if is_cjk:
        is_set_off = label.rest[0].isspace() or rest[0] in _SEPARATORS
        return (
            len(title) <= 40
            if is_set_off
            else len(title) <= 12 and title[0] not in "はがをにでのとも的是里中我他她"
        )
    if rest[0] not in _SEPARATORS:
        return label.kind != "named" and not rest[0].islower() and rest[-1] not in '.,;!?”"'
    if label.kind == "named" and (rest[0] not in ":.—–-" or len(title) > 80 or title[-1] in ".!?;"):
        return False
    if rest[0] in "/-–—" and not label.rest[:1].isspace() and title[0].islower():
        return False
    return not (title[0].islower() and (title[-1] in ".;" or len(title.split()) > _LONGEST_PHRASE))


def _is_wide(character: str) -> bool:
    return "\u3040" <= character <= "\u9fff" or "가" <= character <= "힣"


def bare_span(line: str) -> tuple[int, int]:
    """Return where a heading's words begin and end, without the marks around them (`#`, `***`, `[ ]`)."""
    start, end = len(line) - len(line.lstrip()), len(line.rstrip())
    left = _LEFT.match(line, start, end)
    while left or line[start : start + 1] in _BRACKETS:
        if left:
            start = left.end()
            # The same mark behind it closes; any other stands for itself.
            marks = set(left[0].strip())
            while end > start and line[end - 1] in marks:
                end -= 1
            end = start + len(line[start:end].rstrip())
        else:
            close = _BRACKETS[line[start]]
            if line.find(close, start, end) != end - 1:
                break
            start, end = start + 1, end - 1
            start, end = end - len(line[start:end].lstrip()), start + len(line[start:end].rstrip())
        left = _LEFT.match(line, start, end)
    return start, max(start, end)


def read_span(words: str) -> tuple[int, int]:
    """Return what of a heading's words is read: without marks around it, and a number but once."""
    label = find_label(words)
    return (label.start, label.end) if label else bare_span(words)


def plain_title(words: str) -> str:
    """Return a heading's words in one line, as they are read and without the marks of italics."""
    start, end = read_span(words)
    title = _BRACKETED.sub(r"\1: ", words[start:end])
    return " ".join(re.sub(r"[_*]+", " ", title).split())
