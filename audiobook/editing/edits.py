"""Change voices.yaml as a person does who listens, and take it back.

Voices, genders and names, whose a line is, how a word is said.

A change is made to the file as its maker saw it, told by the file's revision, and to nothing else.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from audiobook.casting import (
    CharacterSettings,
    Settings,
    VoiceWish,
    find_stated,
    forget_character,
    forget_line,
    forget_pronunciation,
    state_aliases,
    state_details,
    state_gender,
    state_lines,
    state_pronunciation,
    state_voice,
)
from audiobook.editing.journal import Journal, Undone
from audiobook.editing.seen import LineSeen, check_edition, check_words, refuse_other_text
from audiobook.editing.voices_file import decode_voices, encode_voices, voices_path
from audiobook.errors import ConflictError, EditError
from audiobook.model import NARRATOR, Book, Character, Gender, LineFix, Script
from audiobook.planning.stories import script_and_cast
from audiobook.project.layout import Project, find_story, identify_source
from audiobook.project.settings import read_settings
from audiobook.script import LineWords
from audiobook.suggesting import did_you_mean
from audiobook.yamledit.words import Value


@dataclass(slots=True, kw_only=True)
class _Draft:
    """A story and the text of voices.yaml while a change is made; `what` says which, for `undo`.

    `revision` is the file's: before the change, and once that is made, after it.
    """

    name: str
    settings: Settings
    text: str
    revision: str
    what: str = ""


class Editor:
    """Changes one project's voices.yaml, and remembers its earlier contents to take changes back.

    Every method that changes something takes the `revision` of the file that its caller has seen, and
    returns the new one.  Raises `ConflictError` where the file is another by now, or the story's text
    another than was `seen`, `EditError` where the change can't be made, and as `script_and_cast`; the file
    is untouched then.  Threads may share it.

    `read_script` gives a story's script by its name, as of now, and `find_words` the words of its lines:
    for callers who hold them already.
    """

    def __init__(
        self,
        project: Project,
        read_script: Callable[[str], Script] | None = None,
        find_words: Callable[[str, Book], LineWords] | None = None,
    ) -> None:
        self.path = voices_path(project)
        self._opened = project
        self._read_script = read_script or (lambda name: script_and_cast(self.project, name)[0])
        self._find_words = find_words or self._words_of
        self._journal = Journal(self.path)
        self._words: tuple[Book, LineWords] | None = None
        self._lock = threading.RLock()

    @property
    def project(self) -> Project:
        """The project with its voices.yaml, which may come and go."""
        return replace(self._opened, voices=self.path if self.path.exists() else None)

    @property
    def revision(self) -> str:
        """The revision of the file as it is now."""
        return self._journal.revision

    def set_details(self, story: str, details: Mapping[str, Value | None], revision: str) -> str:
        """State what a story is called and the like, or its formats (`state_details`)."""
        with self._change(story, revision) as draft:
            draft.text = state_details(draft.text, draft.name, details)
            draft.what = f"its {', '.join(details)}"
        return draft.revision

    def set_voice(self, story: str, character: str, wish: VoiceWish, revision: str) -> str:
        """State of a character's voice in a story, or of the narrator's, what `wish` does not leave open."""
        with self._change(story, revision) as draft:
            own = draft.settings.for_story(draft.name)
            name, lower = NARRATOR, own.narrator.engine
            if character != NARRATOR:
                found = self._find(story, character)
                stated = find_stated(found, own.characters)
                name, *_ = _names(found, stated)
                lower = (stated.voice.engine if stated else None) or own.engine
            if wish.engine == lower:
                wish = replace(wish, engine=None)
            draft.text = state_voice(draft.text, draft.name, name, wish)
            draft.what = f"the voice of {character}"
        return draft.revision

    def set_character(
        self,
        story: str,
        character: str,
        revision: str,
        *,
        gender: Gender | None = None,
        aliases: Sequence[str] | None = None,
    ) -> str:
        """State a character's gender and other names (all of them) in a story; None leaves them open."""
        with self._change(story, revision) as draft:
            found = self._find(story, character)
            name, *_ = _names(found, find_stated(found, draft.settings.for_story(draft.name).characters))
            if gender is not None:
                draft.text = state_gender(draft.text, draft.name, name, gender)
            if aliases is not None:
                draft.text = state_aliases(draft.text, draft.name, name, aliases)
            draft.what = f"what is stated about {character}"
        return draft.revision

    def correct_line(
        self, story: str, start: int, speaker: str, revision: str, *, seen: LineSeen | None = None
    ) -> str:
        """State who speaks a line, a character or the narrator.

        `start` is that of its `Quotation`, which no other correction moves.  The words that are written
        mean this line alone; where its speaker is stated already, the new one takes the place of the old.
        """
        speaker = NARRATOR if speaker.casefold() == NARRATOR else speaker
        with self._change(story, revision) as draft:
            script = self._read_script(story)
            check_edition(draft.name, script.book, seen)
            line = next((each for each in script.quotations if each.start == start), None)
            if line is None:
                raise EditError(f"{draft.name}: no line begins at character {start} of its text")
            check_words(draft.name, script, line, seen)
            words = self._find_words(draft.name, script.book)
            fixes = list(draft.settings.for_story(draft.name).lines)
            place = next((i for i, fix in enumerate(fixes) if words.means(fix, line)), None)
            if place is None:
                fresh = words.find_fix(line, speaker)
                if fresh is None:
                    raise EditError(
                        f"{draft.name}: no words tell this line from others; correct its neighbours instead"
                    )
                fixes, place = [*fixes, fresh], len(fixes)
            _give_line(draft, fixes, place, speaker)
        return draft.revision

    def restate_line(
        self, story: str, start: int, speaker: str | None, revision: str, *, seen: LineSeen | None = None
    ) -> str:
        """State another speaker of a line whose speaker is stated, or none: the text tells again.

        `start` is that of its `StatedLine`: a quotation's, or where one would start that is no speech now.
        """
        with self._change(story, revision) as draft:
            script = self._read_script(story)
            check_edition(draft.name, script.book, seen)
            stated = next((each for each in script.stated if each.start == start), None)
            if stated is None:
                raise EditError(
                    f"{draft.name}: nothing is stated of a line that begins at character {start} of its text"
                )
            check_words(draft.name, script, stated, seen)
            fixes = list(draft.settings.for_story(draft.name).lines)
            if stated.fix not in fixes:
                raise ConflictError(f"{self.path}: was changed meanwhile, so nothing was written; look again")
            place = fixes.index(stated.fix)
            if speaker is None:
                self._forget_line(draft, fixes, fixes[place])
            else:
                _give_line(draft, fixes, place, NARRATOR if speaker.casefold() == NARRATOR else speaker)
        return draft.revision

    def merge_characters(self, story: str, character: str, into: str, revision: str) -> str:
        """State that a character's names are another's, who keeps voice and gender.

        What the story's section states about the one who is no more is taken out of it.
        """
        with self._change(story, revision) as draft:
            gone, stays = self._find(story, character), self._find(story, into)
            if gone.name == stays.name:
                raise EditError(f"{character} can't be merged with itself: name two characters")
            own = draft.settings.for_story(draft.name).characters
            stated_gone, stated_stays = find_stated(gone, own), find_stated(stays, own)
            if stated_gone is not None:
                if any(stated_gone.name == each.name for each in draft.settings.general.characters):
                    raise EditError(
                        f"{self.path}: characters.{stated_gone.name}: stands there for every story; "
                        f"take it out in an editor to make it a name of {into}"
                    )
                draft.text = forget_character(draft.text, draft.name, stated_gone.name)
            others = [each for each in own if each not in (stated_gone, stated_stays)]
            taken = {name.casefold() for each in others for name in (each.name, *(each.aliases or ()))}
            # All names that the text was found to have for them: what joined these may not join all.
            name, *names = [*_names(stays, stated_stays), *_names(gone, stated_gone)]
            aliases: dict[str, str] = {}
            for alias in names:
                if alias.casefold() not in taken | {name.casefold()}:
                    aliases.setdefault(alias.casefold(), alias)
            draft.text = state_aliases(draft.text, draft.name, name, list(aliases.values()))
            draft.what = f"{character} is {into}"
        return draft.revision

    def state_pronunciation(
        self, story: str, words: str, stated: Mapping[str, str] | None, revision: str
    ) -> str:
        """State how words are said in a story by keys of `pronunciations`, or nothing of them any more.

        That they count in these very capitals alone stays stated.
        """
        with self._change(story, revision) as draft:
            own = draft.settings.for_story(draft.name).pronunciations
            before = next((each for each in own if each.words == words), None)
            draft.what = f"how “{words}” is said"
            if stated is not None:
                case = {"case": "true"} if before is not None and before.matches_case else {}
                draft.text = state_pronunciation(draft.text, draft.name, words, {**stated, **case})
            elif before is None or before.origin is None:
                raise EditError(f"{draft.name}: nothing is stated of how “{words}” is said")
            elif before.origin.is_general:
                raise EditError(self._stands_for_all(before.origin.path))
            else:
                draft.text = forget_pronunciation(draft.text, draft.name, words)
        return draft.revision

    def can_undo(self, revision: str) -> bool:
        """Tell whether there is a change to take back from this revision."""
        return self._journal.can_undo(revision)

    def undo(self, revision: str) -> Undone:
        """Take the last change back: the file's bytes are what they were before.

        Raises `ConflictError` where nothing is left to take back, or where the file was changed by
        somebody else since.
        """
        with self._lock:
            return self._journal.undo(self.project, revision)

    @contextmanager
    def _change(self, story: str, revision: str) -> Iterator[_Draft]:
        """Give out a draft of the file, and put it in the file's place when it is done."""
        with self._lock:
            data = self._journal.read(revision)
            project = self.project
            path = find_story(project, story)
            name, source = path.stem, identify_source(path)
            settings = read_settings(project)
            text = decode_voices(data)
            draft = _Draft(name=name, settings=settings, text=text, revision=revision)
            yield draft
            if draft.text == text:
                return
            if identify_source(path) != source:
                raise refuse_other_text(name)
            after = encode_voices(draft.text, data)
            draft.revision = self._journal.write(project, data, after, f"{name}: {draft.what}")

    def _forget_line(self, draft: _Draft, fixes: Sequence[LineFix], fix: LineFix) -> None:
        if fix.origin is not None and fix.origin.is_general:
            raise EditError(self._stands_for_all(fix.origin.path))
        same = [each for each in fixes if each.snippet == fix.snippet]
        draft.text = forget_line(draft.text, draft.name, fix.snippet, same.index(fix))
        draft.what = f"nothing is stated about “{fix.snippet}”"

    def _stands_for_all(self, path: str) -> str:
        return f"{self.path}: {path}: stands there for every story; take it out in an editor"

    def _words_of(self, _name: str, book: Book) -> LineWords:
        """Return the words of a book's lines; the last book's are kept, for its next line."""
        if self._words is None or self._words[0] != book:
            self._words = (book, LineWords(book))
        return self._words[1]

    def _find(self, story: str, name: str) -> Character:
        characters = self._read_script(story).characters
        for character in characters:
            if character.name == name:
                return character
        hint = did_you_mean(name, [character.name for character in characters])
        raise EditError(f"{story}: has no character {name!r}{hint}")


def _give_line(draft: _Draft, fixes: Sequence[LineFix], place: int, speaker: str) -> None:
    """State the speaker of the line that the fix at a place means; what stands under its words stays."""
    fix = replace(fixes[place], speaker=speaker)
    stated = [*fixes[:place], fix, *fixes[place + 1 :]]
    same = [each for each in stated if each.snippet == fix.snippet]
    draft.text = state_lines(draft.text, draft.name, fix.snippet, same)
    draft.what = f"{speaker} says “{fix.snippet}”"


def _names(character: Character, stated: CharacterSettings | None) -> tuple[str, ...]:
    """Return a character's names, first the one to state it under, then those that are stated."""
    if stated is None:
        return (character.name, *character.aliases)
    return (stated.name, *(stated.aliases or ()), character.name, *character.aliases)
