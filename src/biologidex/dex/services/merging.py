"""What one card says for two finds. Neither is shown to more people, or given away more freely, than was said."""

from django.utils.translation import gettext as _

from biologidex.dex.details import NOTES_LENGTH, Details
from biologidex.dex.errors import NotesTooLong
from biologidex.dex.models import DexEntry

# From the most careful.
VISIBILITIES: list[str] = [
    DexEntry.Visibility.PRIVATE,
    DexEntry.Visibility.FRIENDS,
    DexEntry.Visibility.PUBLIC,
]
GEOPRIVACIES: list[str] = [
    DexEntry.Geoprivacy.PRIVATE,
    DexEntry.Geoprivacy.OBSCURED,
    DexEntry.Geoprivacy.OPEN,
]
TERMS = ("BY", "NC", "SA", "ND")  # in the order in which a licence names them


def narrower_audience(one: str, other: str) -> str:
    """Return whichever visibility shows a card to fewer people."""
    return min(one, other, key=VISIBILITIES.index)


def more_careful_place(one: str, other: str) -> str:
    """Return whichever geoprivacy tells less of the place."""
    return min(one, other, key=GEOPRIVACIES.index)


def stricter_licence(one: str, other: str) -> str:
    """Return the licence that allows only what both allow: with the terms of both, or blank, all rights reserved.

    >>> stricter_licence("CC-BY-NC-4.0", "CC-BY-SA-4.0")
    'CC-BY-NC-SA-4.0'
    """
    if not one or not other:
        return ""
    asked = {*one.split("-"), *other.split("-")}
    if "ND" in asked:
        asked.discard("SA")  # what may not be changed cannot be shared changed either
    terms = [term for term in TERMS if term in asked]
    return "-".join(("CC", *terms, "4.0")) if terms else DexEntry.License.CC0


def joined_notes(kept: str, other: str, *, between: str = "\n", field: str | None = None) -> str:
    """Return the notes of both, each once, or raise NotesTooLong, which blames the `field`."""
    if not kept or not other or f"\n{other}\n" in f"\n{kept}\n":
        return kept or other
    notes = f"{kept}{between}{other}"
    if len(notes) > NOTES_LENGTH:
        raise NotesTooLong(
            _(
                "You have a card of this animal already, and the notes of both are longer than %(most)s "
                "characters together. Shorten one of them first."
            )
            % {"most": NOTES_LENGTH},
            field=field,
        )
    return notes


def found_again(card: Details, find: Details) -> Details:
    """Return what a card says with another find on it.

    Its day and place stay those of the first find, the notes of both are kept. Whoever says of the new find that
    fewer people may see it, or do less with it, says so of the card that shows it; what a person only usually
    chooses changes nothing.
    """
    said = {"notes": joined_notes(card.notes, find.notes, field="notes")}
    if find.has_said("visibility"):
        said["visibility"] = narrower_audience(card.visibility, find.visibility)
    if find.has_said("license"):
        said["license"] = stricter_licence(card.license, find.license)
    return card.saying(**said)
