"""Reads of people that more than one caller needs."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from typing import Any, cast
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet

from biologidex.accounts.models import FRIEND_CODE_LENGTH, Session, User, UserProfile
from biologidex.core.inputs import Inputs
from biologidex.core.prepared import HOLE, Prepared, Row

COLUMNS = [field.attname for field in User._meta.concrete_fields]
ID = COLUMNS.index("id")


def person_with_code(code: str) -> QuerySet[User]:
    """Return whoever has this friend code, typed in any mixture of cases: one person or nobody."""
    code = code.strip().upper()
    fits = len(code) == FRIEND_CODE_LENGTH and code.isascii() and code.isalnum()
    people = User.objects.filter(is_active=True).select_related("profile")
    return people.filter(friend_code=code) if fits else people.none()


@dataclass(frozen=True)
class SignedIn:
    """A sign-in that is under way: of whom, and what else was told along with it."""

    session_id: UUID
    seen_at: datetime
    columns: Row  # of the person
    told: Row

    @property
    def user_id(self) -> UUID:
        """Whose it is."""
        return cast("UUID", self.columns[ID])

    @cached_property
    def user(self) -> User:
        """Whose it is, as a person. Answers that are kept need none."""
        return User.from_db(DEFAULT_DB_ALIAS, COLUMNS, self.columns)


def session_under_way(session_id: UUID | str | None, inputs: Inputs | None = None) -> SignedIn | None:
    """Return a sign-in with its person, with one query; None if it has ended or the account is closed.

    The query tells these inputs of the person's answers as well, in the same moment.
    """
    if not session_id:
        return None
    pk = UUID(str(session_id))
    row = _sign_in(inputs).first(pk)
    if row is None:
        return None
    seen_at, *rest = row
    return SignedIn(pk, seen_at, tuple(rest[: len(COLUMNS)]), tuple(rest[len(COLUMNS) :]))


@cache
def _sign_in(inputs: Inputs | None) -> Prepared:
    also = inputs.columns if inputs else {}
    people = User.objects.filter(sessions=HOLE, is_active=True).annotate(**also)
    return Prepared(lambda: people.values_list("sessions__seen_at", *COLUMNS, *also))


def export_for(person: User) -> dict[str, Any]:
    """Return all that is kept here of a person, for themselves. The password is kept as a hash and not told."""
    profile = UserProfile.objects.get(user=person)
    return {
        "id": person.pk,
        "username": person.username,
        "email": person.email,
        "email_since": person.email_since,
        "email_confirmed": person.email_confirmed,
        "friend_code": person.friend_code,
        "date_joined": person.date_joined,
        "last_login": person.last_login,
        "profile": {
            field.name: getattr(profile, field.name)
            for field in UserProfile._meta.concrete_fields
            if not field.primary_key
        },
        "sessions": list(
            Session.objects.filter(user=person)
            .order_by("-seen_at")
            .values("kind", "device", "created_at", "seen_at")
        ),
    }
