"""State things about a story in the text of a settings file: voices, characters, whose a line is.

Each function takes a text that is valid settings and returns it with the story's own section changed.
Raises `EditError` where that can't be done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from audiobook.casting.settings import VoiceWish
from audiobook.model import NARRATOR, Gender, LineFix
from audiobook.yamledit.change import change_settings, remove_value
from audiobook.yamledit.merge import Change, Fields, Items, Section
from audiobook.yamledit.tree import Listing, Node, Scalar, Table, parse
from audiobook.yamledit.words import Value


def state_details(text: str, story: str, details: Mapping[str, Value | None]) -> str:
    """State what a story is called and the like, or its `formats`; None states it no more.

    Sections that hold nothing else go with what is taken out; comments stay.
    """
    for key, value in details.items():
        path = ("stories", story, "output", key) if key == "formats" else ("stories", story, key)
        if value is not None:
            change: Change = value if len(path) == 3 else Fields({key: value})
            text = _change(text, story, path[2], change)
        elif _find(text, path) is not None:
            text = remove_value(text, _with_all_that_ends(text, path))
    return text


def state_characters(text: str, story: str, characters: Mapping[str, Mapping[str, Value]]) -> str:
    """Put fields into characters' entries, which stand under the names given or are made."""
    entries = {name: Fields(fields, alone="voice") for name, fields in characters.items()}
    return _change(text, story, "characters", Section(entries)) if entries else text


def state_voice(text: str, story: str, speaker: str, wish: VoiceWish) -> str:
    """State of a character's or the narrator's voice what the wish does not leave open."""
    stated: dict[str, Value | None] = {
        "voice": wish.id,
        "engine": wish.engine,
        "rate": wish.rate,
        "pitch": wish.pitch,
        "volume": wish.volume,
        "range": wish.range,
    }
    fields = {key: value for key, value in stated.items() if value is not None}
    if not fields:
        return text
    if wish.id is not None:
        # A command that stood there was the voice; the id takes its place, also where it is a command line.
        place = ("narrator",) if speaker == NARRATOR else ("characters", speaker)
        path = ("stories", story, *place, "command")
        if _find(text, path) is not None:
            text = remove_value(text, path)
    if speaker == NARRATOR:
        return _change(text, story, "narrator", Fields(fields, alone="voice"))
    return state_characters(text, story, {speaker: fields})


def state_gender(text: str, story: str, name: str, gender: Gender) -> str:
    """State a character's gender."""
    return state_characters(text, story, {name: {"gender": gender}})


def state_aliases(text: str, story: str, name: str, aliases: Sequence[str]) -> str:
    """State a character's other names, all of them; those that stand there and stay keep their place."""
    node = _find(text, ("stories", story, "characters", name, "aliases"))
    standing = [_flat(item) for item in node.items] if isinstance(node, Listing) else []
    kept = [alias for alias in standing if alias in aliases]
    if not kept or list(aliases[: len(kept)]) != kept:
        return state_characters(text, story, {name: {"aliases": list(aliases)}})
    for index in reversed(range(len(standing))):
        if standing[index] not in aliases:
            text = remove_value(text, ("stories", story, "characters", name, "aliases", index))
    fresh = Items({place: alias for place, alias in enumerate(aliases) if place >= len(kept)})
    if not fresh.changes:
        return text
    return _change(text, story, "characters", Section({name: Fields({"aliases": fresh})}))


def forget_character(text: str, story: str, name: str) -> str:
    """Take a character's entry, which is there, out of the story's section; its comments stay."""
    return remove_value(text, ("stories", story, "characters", name))


def state_lines(text: str, story: str, snippet: str, fixes: Sequence[LineFix]) -> str:
    """State whose the lines with these words are.

    `fixes` are all that shall stand under the words: those that do already, in their order and with
    whatever speaker they shall have now, then new ones.
    """
    node = _find(text, ("stories", story, "lines", snippet))
    change: Change
    if isinstance(node, Listing):
        speakers = [_flat(item.get("speaker")) for item in node.items if isinstance(item, Table)]
        items: dict[int, Change] = {
            place: Fields({"speaker": fix.speaker} if place < len(speakers) else _fix_fields(fix))
            for place, fix in enumerate(fixes)
            if place >= len(speakers) or fix.speaker != speakers[place]
        }
        change = Items(items)
    elif len(fixes) > 1:
        change = [_fix_fields(fix) for fix in fixes]
    elif node is not None:
        change = Fields({"speaker": fixes[0].speaker}, alone="speaker")
    else:
        change = fixes[0].speaker if fixes[0].after is None else Fields(_fix_fields(fixes[0]))
    return _change(text, story, "lines", Section({snippet: change}))


def forget_line(text: str, story: str, snippet: str, place: int) -> str:
    """Take out what is stated under a line's words, of several the statement at `place`.

    The sections that hold nothing else go with it; comments stay.
    """
    path = ("stories", story, "lines", snippet)
    node = _find(text, path)
    if isinstance(node, Listing) and len(node.items) > 1:
        return remove_value(text, (*path, place))
    return remove_value(text, _with_all_that_ends(text, path))


def state_pronunciation(text: str, story: str, words: str, stated: Mapping[str, str]) -> str:
    """State how words are said in a story, in the place of whatever stands there of them."""
    value: Value = stated["respelling"] if stated.keys() == {"respelling"} else dict(stated)
    return _change(text, story, "pronunciations", Section({words: value}))


def forget_pronunciation(text: str, story: str, words: str) -> str:
    """Take out how words are said, which the story's section states; else as `forget_line`."""
    return remove_value(text, _with_all_that_ends(text, ("stories", story, "pronunciations", words)))


def _with_all_that_ends(text: str, path: Sequence[str]) -> Sequence[str]:
    """Return the path of the outermost section that holds nothing but what stands at a path."""
    while len(path) > 1:
        section = _find(text, path[:-1])
        if not isinstance(section, Table) or len(section.entries) > 1:
            break
        path = path[:-1]
    return path


def _fix_fields(fix: LineFix) -> dict[str, Value]:
    fields: dict[str, Value] = {"speaker": fix.speaker}
    return fields if fix.after is None else fields | {"after": fix.after}


def _change(text: str, story: str, key: str, change: Change) -> str:
    return change_settings(text, Section({"stories": Section({story: Section({key: change})})}))


def _find(text: str, path: Sequence[str]) -> Node | None:
    """Return what stands at a path, None where nothing does."""
    node: Node | None = parse(text, [])
    for part in path:
        node = node.get(part) if isinstance(node, Table) else None
    return node


def _flat(node: Node | None) -> str:
    return " ".join(node.text.split()) if isinstance(node, Scalar) else ""
