"""What a person may say about a find, and what of it can be true."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Self

from django.utils import timezone
from django.utils.translation import gettext as _

from biologidex.accounts.models import UserProfile
from biologidex.dex.errors import BadFind
from biologidex.dex.models import DexEntry
from biologidex.media.places import NOWHERE, Place

FIRST_PHOTOGRAPH = date(1826, 1, 1)  # Niépce's view from the window at Le Gras; no photo is older
NOTES_LENGTH = 2000
PLACE_NAME_LENGTH = 200
CHOICES = {
    "visibility": ("Choose who may see it", DexEntry.Visibility.values),
    "geoprivacy": ("Choose how exactly others may know the place", DexEntry.Geoprivacy.values),
    "establishment": ("Say whether it lived there by itself", ["", *DexEntry.Establishment.values]),
    "license": ("Choose a licence", ["", *DexEntry.License.values]),
}


@dataclass(frozen=True)
class Details:
    """When, where and how a find was made. Blank means unknown: nothing is filled in by guessing.

    `unsaid` names what nobody said of this find: it is only what usually holds for this person's finds.
    """

    visibility: str = DexEntry.Visibility.FRIENDS
    geoprivacy: str = DexEntry.Geoprivacy.OBSCURED
    license: str = ""
    establishment: str = ""
    catch_date: date | None = None
    place: Place | None = None
    place_name: str = ""
    notes: str = ""
    is_favorite: bool = False
    unsaid: frozenset[str] = field(default=frozenset(), compare=False)

    @classmethod
    def usual(cls, profile: UserProfile) -> Self:
        """Return what a find of this person begins with."""
        return cls(
            visibility=profile.default_visibility,
            geoprivacy=profile.default_geoprivacy,
            license=profile.default_license,
            unsaid=frozenset({"visibility", "geoprivacy", "license"}),
        )

    def saying(self, **said: Any) -> Self:
        """Return the details with this said in place of what was there."""
        return replace(self, **said, unsaid=self.unsaid - said.keys())

    def has_said(self, name: str) -> bool:
        """Whether somebody said this of the find itself."""
        return name not in self.unsaid

    @classmethod
    def of(cls, entry: DexEntry) -> Self:
        """Return what a card says now."""
        return cls(
            visibility=entry.visibility,
            geoprivacy=entry.geoprivacy,
            license=entry.license,
            establishment=entry.establishment,
            catch_date=entry.catch_date,
            place=Place.of(entry),
            place_name=entry.place_name,
            notes=entry.notes,
            is_favorite=entry.is_favorite,
        )

    def checked(self) -> "Details":
        """Return the details, or raise an error that names the first field that cannot be right."""
        for name, (sentence, values) in CHOICES.items():
            if getattr(self, name) not in values:
                told = ", ".join(value or "nothing" for value in values)
                raise BadFind(f"{sentence}: {told}.", field=name)
        _check_date(self.catch_date)
        _check_text("notes", self.notes, NOTES_LENGTH)
        _check_text("place_name", self.place_name, PLACE_NAME_LENGTH)
        if self.place:
            self.place.check()
        return self

    def columns(self) -> dict[str, Any]:
        """Return what a card holds of it."""
        return {
            "visibility": self.visibility,
            "geoprivacy": self.geoprivacy,
            "license": self.license,
            "establishment": self.establishment,
            "catch_date": self.catch_date,
            "place_name": self.place_name,
            "notes": self.notes,
            "is_favorite": self.is_favorite,
            **(self.place.columns() if self.place else NOWHERE),
        }


def _check_date(day: date | None) -> None:
    tomorrow = timezone.now().date() + timedelta(days=1)  # somewhere on Earth it already is
    if day is not None and not FIRST_PHOTOGRAPH <= day <= tomorrow:
        raise BadFind(_("The date of a find lies between 1826 and today."), field="catch_date")


def _check_text(name: str, value: str, most: int) -> None:
    if len(value) > most:
        raise BadFind(
            _("At most %(most)d characters; these are %(own)d.") % {"most": most, "own": len(value)},
            field=name,
        )
    if "\x00" in value:
        raise BadFind(_("A NUL character cannot be kept."), field=name)
