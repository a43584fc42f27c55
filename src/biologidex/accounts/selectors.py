"""Reads of people that more than one caller needs."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from biologidex.accounts.models import FRIEND_CODE_LENGTH, Session, User, UserProfile


def person_with_code(code: str) -> QuerySet[User]:
    """Return whoever has this friend code, typed in any mixture of cases: one person or nobody."""
    code = code.strip().upper()
    fits = len(code) == FRIEND_CODE_LENGTH and code.isascii() and code.isalnum()
    people = User.objects.filter(is_active=True).select_related("profile")
    return people.filter(friend_code=code) if fits else people.none()


def session_under_way(session_id: UUID | str | None) -> Session | None:
    """Return a sign-in with its person, with one query; None if it has ended or the account is closed."""
    if not session_id:
        return None
    return Session.objects.select_related("user").filter(pk=session_id, user__is_active=True).first()


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
