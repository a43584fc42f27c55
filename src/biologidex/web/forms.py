"""What people type: parsed here, judged by the services."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from biologidex.accounts.models import User, UserProfile
from biologidex.animals.models import Taxon
from biologidex.core.api import said
from biologidex.core.errors import DomainError, Invalid
from biologidex.dex.details import NOTES_LENGTH, PLACE_NAME_LENGTH, Details
from biologidex.dex.models import DexEntry
from biologidex.dex.services.sharing import DAYS, USUAL_DAYS
from biologidex.media.errors import ImpossiblePlace
from biologidex.media.models import Photo
from biologidex.media.places import Place
from biologidex.vision.consent import Choice
from biologidex.web import audiences

TOO_LONG = _("At most %(limit_value)d characters, please. These are %(show_value)d.")
DIGITS = 6  # of a coordinate as shown: a tenth of a metre


def _input(kind: type[forms.Widget], **attributes: str) -> Any:
    return kind(attrs={"class": "input", **attributes})


class DomainForm(forms.Form):
    """A form that can carry what a service says."""

    def blame(self, error: DomainError) -> None:
        """Show a domain error beside its field, or above the form when no field here is to blame."""
        self.add_error(error.field if error.field in self.fields else None, said(error))


class SignUpForm(DomainForm):
    """A new person. What the model says of a name and an address is said at once, for both together."""

    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        validators=User._meta.get_field("username").validators,
        help_text=_("3 to 30 letters, digits, dots or dashes. Friends see it."),
        widget=_input(forms.TextInput, autocomplete="username", autocapitalize="none", spellcheck="false"),
    )
    email = forms.CharField(
        label=_("E-mail"),
        max_length=254,
        validators=User._meta.get_field("email").validators,
        help_text=_("Only for getting back in. Never shown."),
        widget=_input(forms.EmailInput, autocomplete="email"),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=1024,
        strip=False,
        help_text=_("At least 8 characters. A short sentence is best."),
        widget=_input(forms.PasswordInput, autocomplete="new-password"),
    )


class SignInForm(DomainForm):
    """Somebody who has been here before."""

    name = forms.CharField(
        label=_("User name or e-mail"),
        max_length=254,
        widget=_input(forms.TextInput, autocomplete="username", autocapitalize="none", spellcheck="false"),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=1024,
        strip=False,
        widget=_input(forms.PasswordInput, autocomplete="current-password"),
    )


class EmailForm(DomainForm):
    """The address of an account."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=_input(forms.EmailInput, autocomplete="email"),
    )


class NewPasswordForm(DomainForm):
    """A new password for whoever has forgotten the old one."""

    password = forms.CharField(
        label=_("New password"),
        max_length=1024,
        strip=False,
        help_text=_("At least 8 characters. A short sentence is best."),
        widget=_input(forms.PasswordInput, autocomplete="new-password"),
    )


class PlaceForm(forms.Form):
    """Where a photo was taken: told by the device at the shutter, if the person let it, or by the person."""

    latitude = forms.FloatField(required=False)
    longitude = forms.FloatField(required=False)
    accuracy = forms.FloatField(required=False)
    source = forms.ChoiceField(
        choices=[(DexEntry.PlaceSource.DEVICE, ""), (DexEntry.PlaceSource.PERSON, "")], required=False
    )

    def place(self) -> Place | None:
        """Return the place, None where nobody told one. What cannot be read is refused, not dropped."""
        if not self.is_valid():
            raise Invalid(gettext("The place that came with this photo cannot be read."), field="latitude")
        sent = self.cleaned_data
        return Place.given(
            sent["latitude"],
            sent["longitude"],
            sent["accuracy"],
            source=sent["source"] or DexEntry.PlaceSource.DEVICE,
        )


class DetailsForm(DomainForm):
    """What a person says about a find. `web/_details.html` draws it."""

    catch_date = forms.DateField(
        label=_("Date"),
        required=False,
    )
    place_name = forms.CharField(
        label=_("Place"),
        required=False,
        max_length=PLACE_NAME_LENGTH,
        error_messages={"max_length": TOO_LONG},
    )
    latitude = forms.FloatField(label=_("Latitude"), required=False)
    longitude = forms.FloatField(label=_("Longitude"), required=False)
    notes = forms.CharField(
        label=_("Notes"),
        required=False,
        max_length=NOTES_LENGTH,
        error_messages={"max_length": TOO_LONG},
    )
    visibility = forms.ChoiceField(
        label=_("Who may see it"),
        choices=audiences.choices,
    )
    geoprivacy = forms.ChoiceField(
        label=_("How exactly they may know the place"),
        choices=[("private", _("Not at all")), ("obscured", _("Roughly")), ("open", _("Exactly"))],
        required=False,
    )
    is_favorite = forms.BooleanField(label=_("A favourite"), required=False)

    def __init__(self, *args: Any, known_place: Place | None = None, **kwargs: Any) -> None:
        self.known_place = known_place
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Half a place is no place."""
        sent = super().clean() or {}
        try:
            self._place(sent.get("latitude"), sent.get("longitude"))
        except ImpossiblePlace as error:
            if error.field not in self.errors:  # what cannot be read is not missing
                self.blame(error)
        return sent

    @property
    def coordinate_fields(self) -> list[forms.BoundField]:
        """The two fields that only few people open."""
        return [self["latitude"], self["longitude"]]

    def details(self, base: Details) -> Details:
        """Return what was said, in place of what `base` says. A place left as it was keeps its accuracy and source."""
        sent = self.cleaned_data
        return base.saying(
            visibility=sent["visibility"],
            geoprivacy=sent["geoprivacy"] or base.geoprivacy,
            catch_date=sent["catch_date"],
            place=self._place(sent["latitude"], sent["longitude"]),
            place_name=sent["place_name"],
            notes=sent["notes"],
            is_favorite=sent["is_favorite"],
        )

    def _place(self, latitude: float | None, longitude: float | None) -> Place | None:
        known = self.known_place
        if known and (latitude, longitude) == (round(known.latitude, DIGITS), round(known.longitude, DIGITS)):
            return known
        return Place.given(latitude, longitude, source=DexEntry.PlaceSource.PERSON)


class CardForm(DetailsForm):
    """What a card says, and how it looks."""

    establishment = forms.ChoiceField(
        label=_("How it lived"),
        choices=[("wild", _("Wild")), ("captive", _("Captive or kept")), ("", _("Not said"))],
        required=False,
    )
    style = forms.ChoiceField(
        label=_("How the card looks"),
        choices=[("", _("Engraved plate")), *DexEntry.Style.choices],
        required=False,
    )

    def details(self, base: Details) -> Details:
        """Return what was said, in place of what `base` says."""
        return super().details(base).saying(establishment=self.cleaned_data["establishment"])


class ConfirmForm(DetailsForm):
    """Which animal it is, and the details of the find."""

    taxon = forms.ModelChoiceField(
        Taxon.objects.all(),
        error_messages={
            "required": _("Choose which animal it is, or search for it."),
            "invalid_choice": _("This animal is not in the catalogue. Search for it."),
        },
    )


class TaxonForm(DomainForm):
    """Which animal a card is of."""

    taxon = forms.ModelChoiceField(
        Taxon.objects.filter(accepted=None),
        error_messages={
            "required": _("Choose which animal it is, or search for it."),
            "invalid_choice": _("This animal is not in the catalogue. Search for it."),
        },
    )


class ProvidersForm(DomainForm):
    """Who may look at one's photos besides this server (templates/web/_providers.html)."""

    def __init__(self, *args: Any, choices: Sequence[Choice], **options: Any) -> None:
        super().__init__(*args, **options)
        names = [(one.name, one.title) for one in choices]
        self.fields["providers"] = forms.MultipleChoiceField(choices=names, required=False)


def _place_initial(place: Place | None) -> dict[str, Any]:
    if place is None:
        return {}
    return {"latitude": round(place.latitude, DIGITS), "longitude": round(place.longitude, DIGITS)}


def details_of_photo(photo: Photo, profile: UserProfile) -> dict[str, Any]:
    """Return what a find begins with: what the photo tells, and what the person usually chooses."""
    return {
        "catch_date": photo.taken_on,
        "visibility": profile.default_visibility,
        "geoprivacy": profile.default_geoprivacy,
        **_place_initial(Place.of(photo)),
    }


def details_of_entry(entry: DexEntry) -> dict[str, Any]:
    """Return what a card says, to be changed."""
    return {
        "catch_date": entry.catch_date,
        "visibility": entry.visibility,
        "geoprivacy": entry.geoprivacy,
        "place_name": entry.place_name,
        "notes": entry.notes,
        "is_favorite": entry.is_favorite,
        "establishment": entry.establishment,
        "style": entry.style,
        **_place_initial(Place.of(entry)),
    }


class ShareForm(DomainForm):
    """For how long whoever has a link may see a card, and what it tells besides."""

    days = forms.TypedChoiceField(
        label=_("How long it lasts"),
        choices=[(days, ngettext_lazy("%d day", "%d days", days) % days) for days in DAYS],
        coerce=int,
        initial=USUAL_DAYS,
    )
    tells_place = forms.BooleanField(label=_("Tell roughly where it was, within 20 km"), required=False)
    tells_notes = forms.BooleanField(label=_("Show my notes"), required=False)
