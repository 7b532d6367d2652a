"""What eSpeak NG can speak with, read from its data folder without loading the library.

`lang/` has a file for each language and accent, `voices/!v/` one for each variant of the voice; the
files are described in https://github.com/espeak-ng/espeak-ng/blob/master/docs/voices.md.
A voice id is a language tag (`en-us`) or a file of `lang/` (`gmw/en-US`), then, after a plus, perhaps
a variant (`en-us+f2`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from audiobook.engines.espeak.tables import PhonemeTable, read_tables
from audiobook.errors import EngineError
from audiobook.model import Gender, VoiceEntry
from audiobook.suggesting import did_you_mean

_GENDERS: dict[str, Gender] = {"female": "female", "male": "male"}
_UNSTABLE = {"fast"}
"""A test of eSpeak's makers, "currently unstable" by its own file: it can cut the sound at high rates."""

_DEFAULT_PRIORITY = 5
"""Of a language line that gives none (docs/voices.md); a lower number is a better match."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A file of `lang/`: its path there, its name, its tags with their priorities, main tag first.

    `phonemes` is the name of its table of phonemes (`tables.py`).
    """

    file: str
    name: str
    tags: tuple[tuple[str, int], ...]
    gender: Gender
    phonemes: str


class Catalogue:
    """The voices of a data folder; raises `EngineError` where the folder can't be read."""

    def __init__(self, data: Path) -> None:
        self._data = data

    @cached_property
    def languages(self) -> dict[str, Language]:
        """Every id of a language: main tags first, sorted, then paths and lesser tags."""
        found = [language for path in self._files("lang") if (language := _read_language(path, self._data))]
        found.sort(key=lambda language: (language.tags[0][0], language.file))
        ids: dict[str, Language] = {}
        for language in found:
            ids.setdefault(language.tags[0][0], language)
        for language in found:
            ids[language.file] = language
        lesser = [(priority, tag, language) for language in found for tag, priority in language.tags]
        for _, tag, language in sorted(lesser, key=lambda each: each[:2]):
            ids.setdefault(tag, language)
        return ids

    @cached_property
    def variants(self) -> dict[str, Path]:
        """The variants by name; eSpeak itself falls back on no variant where a name is unknown."""
        return {path.name: path for path in self._files("voices/!v") if path.name not in _UNSTABLE}

    def entries(self, engine: str) -> tuple[VoiceEntry, ...]:
        """List every language under its main tag, alone and with each variant."""
        genders = {name: _gender(_read_lines(path)) for name, path in self.variants.items()}
        main = {language.file: id_ for id_, language in reversed(self.languages.items())}
        entries = []
        for file, id_ in sorted(main.items(), key=lambda item: item[1]):
            language = self.languages[file]
            common = {"engine": engine, "language": language.tags[0][0]}
            entries.append(VoiceEntry(**common, id=id_, name=language.name, gender=language.gender))
            for variant, gender in genders.items():
                name = f"{language.name}, {variant}"
                entries.append(VoiceEntry(**common, id=f"{id_}+{variant}", name=name, gender=gender))
        return tuple(entries)

    def find_fault(self, voice_id: str) -> str | None:
        """See `Engine.find_fault`."""
        language, plus, variant = voice_id.partition("+")
        if language not in self.languages:
            after = plus + variant if variant in self.variants else ""
            hint = did_you_mean(
                language, self.languages, show=lambda close: f"'{close}{after}'", ignores_case=True
            )
            return f"a voice of eSpeak, got '{voice_id}'{hint}"
        if plus and variant not in self.variants:
            hint = did_you_mean(
                variant, self.variants, show=lambda close: f"'{language}+{close}'", ignores_case=True
            )
            return f"a voice of eSpeak, got '{voice_id}': there is no variant '{variant}'{hint}"
        return None

    def vary(self, voice_id: str, variant: str) -> str | None:
        """Return a voice without a fault in another variant (a woman's in its form for women), or None."""
        language, _, own = voice_id.partition("+")
        female = f"{variant}f"
        path = self.variants.get(own)
        is_female = path is not None and _gender(_read_lines(path)) == "female"
        name = female if is_female and female in self.variants else variant
        return f"{language}+{name}" if name in self.variants else None

    def phoneme_table(self, voice_id: str) -> PhonemeTable:
        """Return the phonemes of a voice without a fault; an empty table where the data have none."""
        language = self.languages[voice_id.partition("+")[0]]
        return read_tables(self._data).get(language.phonemes) or PhonemeTable({}, {})

    def is_english(self, voice_id: str) -> bool:
        """Whether a voice without a fault speaks English, in whatever accent."""
        return self.identifier(voice_id).startswith("gmw/en")

    def identifier(self, voice_id: str) -> str:
        """Return what eSpeak itself calls a voice without a fault: `gmw/en-US+f2` for `en-us+f2`."""
        language, plus, variant = voice_id.partition("+")
        return self.languages[language].file + plus + variant

    def _files(self, folder: str) -> list[Path]:
        paths = sorted(path for path in (self._data / folder).rglob("*") if path.is_file())
        if not paths:
            raise EngineError(f"eSpeak's data are missing from {self._data}; reinstall espeakng-loader")
        return paths


def _read_lines(path: Path) -> list[list[str]]:
    text = path.read_text(encoding="utf-8", errors="replace")
    return [line.split("//")[0].split() for line in text.splitlines() if line.split("//")[0].strip()]


def _read_language(path: Path, data: Path) -> Language | None:
    """Read a file of `lang/`; None where its dictionary isn't there, for then it can't speak a letter."""
    lines = _read_lines(path)
    tags = tuple(
        (line[1], int(line[2]) if line[2:] else _DEFAULT_PRIORITY) for line in lines if line[0] == "language"
    )
    if not tags:
        return None
    dictionary = next((line[1] for line in lines if line[0] == "dictionary"), tags[0][0].partition("-")[0])
    if not (data / f"{dictionary}_dict").is_file():
        return None
    file = path.relative_to(data / "lang").as_posix()
    name = next((" ".join(line[1:]) for line in lines if line[0] == "name"), file)
    base = tags[0][0].partition("-")[0]
    phonemes = next((line[1] for line in lines if line[0] == "phonemes" and line[1:]), base)
    return Language(file=file, name=name, tags=tags, gender=_gender(lines), phonemes=phonemes)


def _gender(lines: list[list[str]]) -> Gender:
    stated = next((line[1].lower() for line in lines if line[0] == "gender" and line[1:]), "")
    return _GENDERS.get(stated, "unknown")
