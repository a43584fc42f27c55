"""Reads of people that more than one caller needs."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet

from biologidex.accounts.models import FRIEND_CODE_LENGTH, Consent, Session, StaffWord, User, UserProfile
from biologidex.core.inputs import Inputs
from biologidex.core.prepared import HOLE, Prepared, Row

SESSION = [field.attname for field in Session._meta.concrete_fields]
PERSON = [field.attname for field in User._meta.concrete_fields]


def person_with_code(code: str) -> QuerySet[User]:
    """Return whoever has this friend code, typed in any mixture of cases: one person or nobody."""
    code = code.strip().upper()
    fits = len(code) == FRIEND_CODE_LENGTH and code.isascii() and code.isalnum()
    people = User.objects.filter(is_active=True).select_related("profile")
    return people.filter(friend_code=code) if fits else people.none()


@dataclass(frozen=True)
class Known:
    """Who asks, by a sign-in that is under way, and what was told along with it."""

    user_id: UUID
    seen_at: datetime
    told: Row


def session_under_way(session_id: UUID | str | None) -> Session | None:
    """Return a sign-in with its person, with one query; None if it has ended or the account is closed."""
    if not session_id:
        return None
    pk = UUID(str(session_id))
    row = _SIGN_IN.first(pk)
    if row is None:
        return None
    session = Session.from_db(DEFAULT_DB_ALIAS, SESSION, row[: len(SESSION)])
    session.user = User.from_db(DEFAULT_DB_ALIAS, PERSON, row[len(SESSION) :])
    return session


def inputs_of_session(session_id: UUID | str | None, inputs: Inputs) -> Known | None:
    """Return whose sign-in it is and what their answers are made of, as of one moment; None if it has ended."""
    row = _with_inputs(inputs).first(UUID(str(session_id))) if session_id else None
    return Known(row[0], row[1], row[2:]) if row else None


_SIGN_IN = Prepared(
    lambda: Session.objects.filter(pk=HOLE, user__is_active=True).values_list(
        *SESSION, *(f"user__{name}" for name in PERSON)
    )
)


@cache
def _with_inputs(inputs: Inputs) -> Prepared:
    people = User.objects.filter(sessions=HOLE, is_active=True).annotate(**inputs.columns)
    return Prepared(lambda: people.values_list("pk", "sessions__seen_at", *inputs.columns))


def consented(person_id: UUID) -> dict[str, datetime]:
    """Return what a person agrees to now, each with the moment since when."""
    given = Consent.objects.in_force().filter(user=person_id).order_by("given_at")
    return dict(given.values_list("purpose", "given_at"))


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
        "consents": list(
            Consent.objects.filter(user=person)
            .order_by("given_at", "pk")
            .values("purpose", "given_at", "withdrawn_at")
        ),
        "words_from_staff": list(
            StaffWord.objects.filter(person=person).order_by("-created_at").values("words", "created_at")
        ),
        "sessions": list(
            Session.objects.filter(user=person)
            .order_by("-seen_at")
            .values("kind", "device", "created_at", "seen_at")
        ),
    }
