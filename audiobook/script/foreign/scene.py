"""Who is around, in a text of another language."""

from __future__ import annotations

from collections.abc import Sequence

from audiobook.script.behaviour import NameMention
from audiobook.script.foreign.pack import Pack
from audiobook.script.foreign.phrases import DEFINITE
from audiobook.script.layout import Tokens
from audiobook.script.scene import Scene, Words


class ForeignScene(Scene):
    """All sightings of one book; see `scene.Scene`."""

    def __init__(
        self,
        tokens: Tokens,
        mentions: Sequence[NameMention],
        of_mention: Sequence[int],
        in_speech: bytearray,
        pack: Pack,
    ) -> None:
        self._pack = pack
        super().__init__(tokens, mentions, of_mention, in_speech, words_of(pack))

    def _acts(self, first: int, end: int) -> bool:
        """Tell whether a name is a subject: it opens its clause, or a verb of speech follows."""
        lowers = self.tokens.lowers
        after = lowers[end] if end < len(lowers) else ""
        before = lowers[first - 1] if first else ""
        if before in self._pack.words["prepositions"] or before in self._pack.articles:
            return False
        opens = before in (".", "", "!", "?", "…", ";", self._pack.conjunction)
        return (opens and after[:1].isalpha()) or self._pack.speaks(after)


def words_of(pack: Pack) -> Words:
    """Return what a scene must know of a language."""
    first = [word for word, told in pack.pronouns.items() if told == "first"]
    return Words(
        articles=DEFINITE & set(pack.articles),
        address=pack.words["address"],
        subjects=pack.subjects,
        followers=pack.subjects,
        first_person=first[0],
    )
