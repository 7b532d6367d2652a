"""People met by what they are: "le boulanger", "die Nachbarin", "el viejo pescador"."""

from __future__ import annotations

from audiobook.script.foreign.pack import Pack
from audiobook.script.people import Person
from audiobook.script.phrases import Phrase
from audiobook.script.roles import RoleBook

_DEFINITE = {
    "fr": {"un": "le", "une": "la", "ce": "le", "cet": "le", "cette": "la"},
    "de": {"ein": "der", "eine": "die", "dieser": "der", "diese": "die", "jener": "der", "jene": "die"},
    "es": {
        "un": "el",
        "una": "la",
        "este": "el",
        "ese": "el",
        "aquel": "el",
        "esta": "la",
        "esa": "la",
        "aquella": "la",
    },
}


class ForeignRoleBook(RoleBook):
    """Knows who has been made of a role; see `roles.RoleBook`.  A role is told by its noun alone."""

    def __init__(self, people: list[Person], pack: Pack) -> None:
        self._pack = pack
        super().__init__(people)

    def person_of(self, phrase: Phrase) -> int | None:
        """Return the person whom a role or "I" names; None for generic words ("l'homme") and groups."""
        if phrase.kind == "first person":
            return super().person_of(phrase)
        if phrase.kind == "group":
            return None
        if phrase.noun in self._pack.words["generic nouns"]:
            self.used[phrase.noun] += 1
            return None
        return self.make_own(phrase)

    def times(self, phrase: Phrase) -> int:
        """Return in how many tags a generic role stands as the subject."""
        return self.used[phrase.noun]

    def own_of(self, phrase: Phrase) -> int | None:
        """Return the person that has been made of a role, or None."""
        return self.own.get(phrase.noun)

    def make_own(self, phrase: Phrase) -> int:
        """Return the person of a role that is nobody else's."""
        article = _DEFINITE[self._pack.language].get(phrase.determiner, phrase.determiner)
        noun = phrase.text.split()[-1]
        if self._pack.language == "fr" and article in ("le", "la") and noun[0].lower() in "aeéèêiouâîœ":
            article = "l'"
        return self._own(
            phrase.noun, article + noun if article.endswith("'") else f"{article} {noun}", phrase
        )
