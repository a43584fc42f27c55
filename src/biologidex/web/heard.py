"""Words that friends left on a card, as a page shows them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from biologidex.accounts.models import User
from biologidex.dex.models import DexEntry, Reaction
from biologidex.dex.selectors import reactions_on

ICONS = {"wow": "star", "lovely": "heart", "spotted": "eye"}


@dataclass(frozen=True)
class Word:
    """One of the words there are, and who left it."""

    kind: str
    label: str
    icon: str
    names: list[str]
    is_mine: bool


@dataclass(frozen=True)
class Heard:
    """What was said of one card, to one viewer."""

    entry_id: UUID
    words: list[Word]
    may_speak: bool

    @property
    def said(self) -> list[Word]:
        """Return the words that anybody left."""
        return [word for word in self.words if word.names]


def heard_of(entry: DexEntry, reactions: Sequence[Reaction], *, viewer: User, is_friend: bool) -> Heard:
    """Return what is shown of these words; a friend of the card's owner may leave one."""
    words = [
        Word(
            kind=kind,
            label=str(label),
            icon=ICONS[kind],
            names=[one.person.username for one in reactions if one.kind == kind],
            is_mine=any(one.kind == kind and one.person_id == viewer.pk for one in reactions),
        )
        for kind, label in Reaction.Kind.choices
    ]
    return Heard(entry.pk, words, may_speak=is_friend)


def heard_on(entries: Collection[DexEntry], *, viewer: User) -> dict[UUID, Heard]:
    """Return by card what is shown of the words on friends' cards, with one query."""
    found = reactions_on([entry.pk for entry in entries], viewer=viewer)
    return {
        entry.pk: heard_of(
            entry, found.get(entry.pk, []), viewer=viewer, is_friend=entry.owner_id != viewer.pk
        )
        for entry in entries
    }
