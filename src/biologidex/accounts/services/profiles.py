"""What a person tells about themselves, and how friends find them."""

from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from biologidex.accounts.errors import BadDetails
from biologidex.accounts.models import User, UserProfile, new_friend_code
from biologidex.accounts.services.emails import change_email
from biologidex.accounts.services.standing import refuse_others
from biologidex.core import audit
from biologidex.core.errors import Unavailable

AUDIENCES = ("default_visibility", "default_geoprivacy")
ATTEMPTS = 3  # of a million million codes one is free
CHANGEABLE = frozenset(
    {
        "display_name",
        "bio",
        "default_visibility",
        "default_geoprivacy",
        "default_license",
        "badges_enabled",
        "language",
        "color_scheme",
        "time_zone",
    }
)


@transaction.atomic
@sensitive_variables("password")
def change_account(
    *, by: User, person: User, address: str, email: str = "", password: str = "", **told: Any
) -> bool:
    """Change one's profile, what one usually chooses for finds, or one's e-mail address. What is not named stays.

    Another address takes the password. False if it counts only when the mail sent there has been read.
    """
    refuse_others(by=by, person=person)
    counts = change_email(by=person, email=email, password=password, address=address) if email else True
    if told:
        _change_profile(person, told)
    return counts


def _change_profile(person: User, told: dict[str, Any]) -> None:
    unknown = set(told) - CHANGEABLE
    if unknown:
        raise TypeError(f"a profile has no {', '.join(sorted(unknown))}")
    _refuse_unknown(told)
    profile = UserProfile.objects.select_for_update().get(user=person)
    changed = {
        name: [getattr(profile, name), told[name]]
        for name in AUDIENCES
        if told.get(name, getattr(profile, name)) != getattr(profile, name)
    }
    for name, value in told.items():
        setattr(profile, name, value)
    profile.save(update_fields=list(told))
    if changed:
        audit.note(person.pk, "profile.audience", kind="person", pk=person.pk, **changed)
    person.profile = profile


def _refuse_unknown(told: dict[str, Any]) -> None:
    """Raise BadDetails for a language that pages are not written in, and for a time zone that is none."""
    if (language := told.get("language")) and language not in dict(settings.LANGUAGES):
        raise BadDetails(_("Pages are not written in this language."), field="language")
    if (zone := told.get("time_zone")) and zone not in available_timezones():
        raise BadDetails(_("There is no such time zone."), field="time_zone")


def renew_friend_code(*, by: User) -> str:
    """Take another friend code. Whoever knows the old one finds nobody with it from now on."""
    for _attempt in range(ATTEMPTS):
        by.friend_code = new_friend_code()
        try:
            with transaction.atomic():
                by.save(update_fields=["friend_code"])
        except IntegrityError:
            continue  # somebody has this one
        return by.friend_code
    raise Unavailable(_("There is no new code just now. Please try again."))
