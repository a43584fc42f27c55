"""What people set: parsed here, judged by the services."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from biologidex.accounts.models import UNPRINTABLE, User, UserProfile
from biologidex.web.forms import DomainForm

MADE_FOR_MACHINES = ("Etc/", "SystemV/", "posix/", "right/", "US/")
NAME_LENGTH, BIO_LENGTH = 60, 500


def _input(kind: type[forms.Widget], **attributes: str) -> Any:
    return kind(attrs={"class": "input", **attributes})


def _zones() -> Iterator[tuple[str, Any]]:
    """Give the time zones of the world, by continent."""
    yield "", _("Coordinated Universal Time (UTC)")
    places: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(available_timezones()):
        continent, _slash, place = name.partition("/")
        if place and not name.startswith(MADE_FOR_MACHINES):
            places.setdefault(continent, []).append((name, place.replace("_", " ").replace("/", ", ")))
    yield from places.items()


class ProfileForm(DomainForm):
    """What a person tells about themselves, and how pages look to them."""

    display_name = forms.CharField(
        label=_("Name shown"),
        required=False,
        max_length=NAME_LENGTH,
        validators=[
            RegexValidator(
                UNPRINTABLE, _("Please write it in one line, in plain letters."), inverse_match=True
            )
        ],
        help_text=_("Friends see it beside your user name. Leave it blank to go by that alone."),
        widget=_input(forms.TextInput, autocomplete="nickname"),
    )
    bio = forms.CharField(
        label=_("About you"),
        required=False,
        max_length=BIO_LENGTH,
        help_text=_("Whoever is signed in and knows your friend code can read it."),
        widget=_input(forms.Textarea, rows="3"),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        widget=_input(forms.Select),
        help_text=_("Counts on every device."),
    )
    color_scheme = forms.ChoiceField(
        label=_("Colours"),
        required=False,
        choices=[("", _("As the device")), ("light", _("Light")), ("dark", _("Dark"))],
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        choices=_zones,
        help_text=_(
            "When something happened is told by this clock. The day of a find is what you say it is."
        ),
        widget=_input(forms.Select),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked: list[tuple[str, Any]] = [("", _("As the browser asks"))]
        self.fields["language"].choices = asked + settings.LANGUAGES  # type: ignore[attr-defined]


class EmailChangeForm(DomainForm):
    """Another e-mail address, which takes the password."""

    email = forms.CharField(
        label=_("New e-mail"),
        max_length=254,
        validators=User._meta.get_field("email").validators,
        widget=_input(forms.EmailInput, autocomplete="email"),
    )
    password = forms.CharField(
        label=_("Your password"),
        max_length=1024,
        strip=False,
        widget=_input(forms.PasswordInput, autocomplete="current-password"),
    )


class PasswordForm(DomainForm):
    """The old password, and the new one."""

    old_password = forms.CharField(
        label=_("Your password now"),
        max_length=1024,
        strip=False,
        widget=_input(forms.PasswordInput, autocomplete="current-password"),
    )
    password = forms.CharField(
        label=_("New password"),
        max_length=1024,
        strip=False,
        help_text=_("At least 8 characters. A short sentence is best."),
        widget=_input(forms.PasswordInput, autocomplete="new-password"),
    )


class PrivacyForm(DomainForm):
    """What a find begins with, as long as nobody says otherwise of it."""

    default_visibility = forms.ChoiceField(
        label=_("Who may see a new find"), choices=UserProfile.Visibility.choices
    )
    default_geoprivacy = forms.ChoiceField(
        label=_("How exactly others may know the place"), choices=UserProfile.Geoprivacy.choices
    )
    default_license = forms.ChoiceField(
        label=_("What others may do with your finds and photos"),
        required=False,
        choices=[
            ("", _("Nothing without asking: all rights reserved")),
            ("CC0-1.0", _("Anything: no rights reserved (CC0)")),
            ("CC-BY-4.0", _("Anything, with your name (CC BY)")),
            ("CC-BY-SA-4.0", _("Anything, with your name, under the same terms (CC BY-SA)")),
            ("CC-BY-ND-4.0", _("Pass it on unchanged, with your name (CC BY-ND)")),
            ("CC-BY-NC-4.0", _("Anything but business, with your name (CC BY-NC)")),
            (
                "CC-BY-NC-SA-4.0",
                _("Anything but business, with your name, under the same terms (CC BY-NC-SA)"),
            ),
            ("CC-BY-NC-ND-4.0", _("Pass it on unchanged, no business, with your name (CC BY-NC-ND)")),
        ],
        widget=_input(forms.Select),
    )


class ImportForm(DomainForm):
    """A file of finds."""

    file = forms.FileField(
        label=_("A file of finds"),
        allow_empty_file=True,
        widget=_input(
            forms.ClearableFileInput, accept=".csv,.json,.zip,.txt,text/csv,application/json,application/zip"
        ),
    )


class LeavingForm(DomainForm):
    """The password once more, before what cannot be undone."""

    password = forms.CharField(
        label=_("Your password, to be sure that it is you"),
        max_length=1024,
        strip=False,
        widget=_input(forms.PasswordInput, autocomplete="current-password"),
    )
