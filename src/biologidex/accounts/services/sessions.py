"""Sign-ins that are under way, and their end."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.models import update_last_login
from django.contrib.sessions.models import Session as BrowserSession
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from biologidex.accounts.models import Session, User
from biologidex.core import live

HOUR = timedelta(hours=1)


@transaction.atomic
def open_session(*, user: User, device: str, browser_key: str = "") -> Session:
    """Note a sign-in: of a browser if Django keeps a session for it, else of a program."""
    update_last_login(User, user)
    kind = Session.Kind.BROWSER if browser_key else Session.Kind.TOKEN
    return Session.objects.create(user=user, kind=kind, device=device, browser_key=browser_key)


def note_seen(session_id: UUID | str, *, last: datetime) -> bool:
    """Note that a sign-in is in use, if that was last noted more than an hour ago. True if it was."""
    now = timezone.now()
    is_due = last < now - HOUR
    if is_due:
        Session.objects.filter(pk=session_id).update(seen_at=now)
    return is_due


def move_session(session_id: UUID | str, *, browser_key: str) -> bool:
    """Follow a browser whose session got another key. False if the sign-in is over."""
    return bool(Session.objects.filter(pk=session_id).update(browser_key=browser_key))


@transaction.atomic
def end_session(*, by: User, session_id: UUID | str) -> bool:
    """End a sign-in of one's own: its tokens and its cookie let nobody in from now on. False if there was none."""
    return _end(by, Session.objects.filter(user=by, pk=session_id).values_list("pk", "browser_key"))


@transaction.atomic
def end_all_sessions(*, of: User, but: UUID | str | None = None) -> None:
    """End every sign-in of a person, or every other one."""
    others = Session.objects.filter(user=of)
    _end(of, (others.exclude(pk=but) if but else others).values_list("pk", "browser_key"))


def _end(of: User, ending: Iterable[tuple[UUID, str]]) -> bool:
    rows = list(ending)
    live.publish([of.pk], live.Event(live.END))
    BrowserSession.objects.filter(pk__in=[key for _, key in rows if key]).delete()
    return bool(Session.objects.filter(user=of, pk__in=[pk for pk, _ in rows]).delete()[0])


def sweep_sessions(*, older_than: timedelta) -> None:
    """Delete sign-ins that nobody can use any more: their cookie has run out, or their tokens."""
    kept = BrowserSession.objects.filter(pk=OuterRef("browser_key"), expire_date__gt=timezone.now())
    Session.objects.filter(~Exists(kept), kind=Session.Kind.BROWSER).delete()
    tokens = Session.objects.filter(kind=Session.Kind.TOKEN)
    tokens.filter(created_at__lt=timezone.now() - older_than).delete()
