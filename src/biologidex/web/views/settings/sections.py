"""What the pages of the settings share: their list, and how a form of theirs is answered."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from biologidex.core.api import status_of
from biologidex.core.errors import DomainError
from biologidex.web.access import PersonRequest
from biologidex.web.forms import DomainForm

OK, DONE, WRONG = 200, 302, 400


@dataclass(frozen=True)
class Section:
    """A page of the settings."""

    name: str  # of its address
    icon: str
    label: str | Promise
    about: str | Promise


SECTIONS = {
    section.name: section
    for section in (
        Section("settings-profile", "person", _("Profile"), _("Your name, e-mail, language and colours")),
        Section("settings-password", "shield", _("Password"), _("Choose a new one")),
        Section("settings-privacy", "private", _("Privacy"), _("Who sees your finds, and how exactly")),
        Section(
            "settings-identification",
            "search",
            _("Identification"),
            _("Who looks at your photos, and what it costs"),
        ),
        Section("notification-settings", "bell", _("Notifications"), _("What you are told, and how")),
        Section(
            "settings-data",
            "download",
            _("Exports and imports"),
            _("Take your finds along, or bring them here"),
        ),
        Section("settings-devices", "link", _("Devices"), _("Where you are signed in")),
        Section("settings-delete", "trash", _("Delete account"), _("Leave, and take everything along")),
    )
}


def show(
    request: PersonRequest, name: str, shown: dict[str, Any] | None = None, *, status: int = OK
) -> HttpResponse:
    """Show one page of the settings; its template is called as its address is."""
    template = f"web/settings/{name.removeprefix('settings-')}.html"
    told = {"sections": SECTIONS.values(), "here": SECTIONS.get(name), **(shown or {})}
    return render(request, template, told, status=status)


def attempt(form: DomainForm, do: Callable[[dict[str, Any]], Any]) -> int:
    """Do what a form asks. Returns DONE, or the status with which it is to be shown again, saying what is wrong."""
    if not form.is_bound:
        return OK
    if not form.is_valid():
        return WRONG
    try:
        do(form.cleaned_data)
    except DomainError as error:
        form.blame(error)
        return status_of(error)
    return DONE
