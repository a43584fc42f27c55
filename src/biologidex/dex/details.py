"""What a person may say about a find, and what of it can be true."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from biologidex.dex.errors import BadFind
from biologidex.dex.models import DexEntry
from biologidex.media.places import Place

FIRST_PHOTOGRAPH = date(1826, 1, 1)  # Niépce's view from the window at Le Gras; no photo is older
NOTES_LENGTH = 2000
PLACE_NAME_LENGTH = 200


@dataclass(frozen=True)
class Details:
    """When, where and how a find was made. Blank means unknown: nothing is filled in by guessing."""

    visibility: str = DexEntry.Visibility.FRIENDS
    catch_date: date | None = None
    place: Place | None = None
    place_name: str = ""
    notes: str = ""
    is_favorite: bool = False

    def checked(self) -> "Details":
        """Return the details, or raise an error that names the first field that cannot be right."""
        _check_visibility(self.visibility)
        _check_date(self.catch_date)
        _check_text("notes", self.notes, NOTES_LENGTH)
        _check_text("place_name", self.place_name, PLACE_NAME_LENGTH)
        if self.place:
            self.place.check()
        return self


def _check_visibility(visibility: str) -> None:
    if visibility not in DexEntry.Visibility.values:
        raise BadFind(f"Choose who may see it: {', '.join(DexEntry.Visibility.values)}.", field="visibility")


def _check_date(day: date | None) -> None:
    tomorrow = timezone.now().date() + timedelta(days=1)  # somewhere on Earth it already is
    if day is not None and not FIRST_PHOTOGRAPH <= day <= tomorrow:
        raise BadFind("The date of a find lies between 1826 and today.", field="catch_date")


def _check_text(name: str, value: str, most: int) -> None:
    if len(value) > most:
        raise BadFind(f"At most {most} characters; these are {len(value)}.", field=name)
    if "\x00" in value:
        raise BadFind("A NUL character cannot be kept.", field=name)
