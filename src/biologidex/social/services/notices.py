"""Tell people things, once; and note what they have read and what they want to hear of."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from biologidex.accounts.models import User
from biologidex.core import identity, live
from biologidex.social.errors import BadChoice, NobodyThere
from biologidex.social.models import Notification, NotificationSettings

Kind = Notification.Kind
UNSUBSCRIBE = "biologidex.social.unsubscribe"
MOST = 500  # of one person; the oldest go first
BATCH = 1000


def notify(
    *,
    person_id: UUID,
    kind: str,
    actor: User | None = None,
    subject: UUID | None = None,
    detail: str = "",
    is_news: bool = True,
) -> bool:
    """Tell a person something, unless they were told before or do not want to hear of it. False if so.

    What they know already, because they have just done it, is no news: it is noted as read. The row is that of the
    person who is told, whoever acts: so it is written for everybody.
    """
    with identity.everything():
        muted = NotificationSettings.objects.filter(person=person_id).values_list("muted", flat=True).first()
        if kind != Kind.STAFF_WORD and kind in (muted or ()):
            return False
        told = Notification(
            person_id=person_id,
            kind=kind,
            actor=actor,
            subject=subject,
            detail=detail,
            read_at=None if is_news else timezone.now(),
            key=":".join(str(part) for part in (actor.pk if actor else "", subject or "", detail)),
        )
        before = Notification.objects.filter(person=person_id, kind=kind, key=told.key)
        if before.exists():
            return False
        Notification.objects.bulk_create([told], ignore_conflicts=True)
    if is_news:
        live.publish([person_id], live.Event("notifications"))
    return True


def take_back(*, kind: str, subject: UUID) -> None:
    """Let nobody be told any more what is no longer so."""
    with identity.everything():
        Notification.objects.filter(kind=kind, subject=subject).delete()


def take_badges_back(*, person_id: UUID, but: Collection[str]) -> None:
    """Let a person be told of no badge that they do not wear any more."""
    badges = Notification.objects.filter(person=person_id, kind=Kind.BADGE)
    badges.exclude(detail__in=but).delete()


def mark_read(*, by: User, ids: Collection[int] | None = None, subject: UUID | None = None) -> int:
    """Note that a person has read these notifications, those about a subject, or all. Returns how many were new."""
    unread = Notification.objects.filter(person=by).unread()
    if ids is not None:
        unread = unread.filter(pk__in=ids)
    if subject is not None:
        unread = unread.filter(subject=subject)
    read = unread.update(read_at=timezone.now())
    if read:
        live.publish([by.pk], live.Event("notifications"))
    return read


@transaction.atomic
def choose(
    *, by: User, muted: Collection[str] | None = None, digest: str | None = None
) -> NotificationSettings:
    """Say what one wants to hear of, and how often by mail. What is not named stays."""
    if unknown := set(muted or ()) - set(Kind.values):
        raise BadChoice(
            _("There is no such notification: %(kinds)s.") % {"kinds": ", ".join(sorted(unknown))}
        )
    if digest is not None and digest not in {"", *NotificationSettings.Digest.values}:
        raise BadChoice(_("A digest comes daily, weekly or never."), field="digest")
    NotificationSettings.objects.get_or_create(person=by)
    chosen = NotificationSettings.objects.select_for_update().get(person=by)
    if muted is not None:
        chosen.muted = sorted(muted)
    if digest is not None:
        chosen.digest = digest
    chosen.save(update_fields=["muted", "digest"])
    return chosen


def unsubscribe(*, token: str) -> User:
    """End the mails to whoever got one with this token. It takes no sign-in, and does nothing else."""
    try:
        user_id = signing.loads(token, salt=UNSUBSCRIBE)
    except signing.BadSignature as error:
        raise NobodyThere(_("This link does not lead to anybody's settings.")) from error
    person = User.objects.filter(pk=user_id, is_active=True).first()
    if person is None:
        raise NobodyThere(_("This link does not lead to anybody's settings."))
    choose(by=person, digest=NotificationSettings.Digest.OFF)
    return person


def claim_digest(*, person_id: UUID, period: str) -> str:
    """Take it upon oneself to send a person the digest of a period. Returns the period before; raises nothing twice.

    Of however many who try, one gets an answer that differs from `period`.
    """
    with transaction.atomic():
        NotificationSettings.objects.get_or_create(person_id=person_id)
        standing = NotificationSettings.objects.select_for_update().get(person=person_id)
        before = standing.digest_period
        if before < period:
            standing.digest_period = period
            standing.save(update_fields=["digest_period"])
            return before
    return period


def release_digest(*, person_id: UUID, period: str, before: str) -> None:
    """Give a digest back that could not be sent, so that it is tried again."""
    NotificationSettings.objects.filter(person=person_id, digest_period=period).update(digest_period=before)


def sweep_notifications() -> int:
    """Delete what is older than anybody needs, and of whoever is told very much the oldest."""
    too_old = timezone.now() - timedelta(days=settings.NOTIFICATION_DAYS)
    gone = Notification.objects.filter(created_at__lt=too_old).delete()[0]
    counted = Notification.objects.order_by().values("person").annotate(told=Count("pk"))
    for person in list(counted.filter(told__gt=MOST).values_list("person", flat=True)):
        newest = Notification.objects.filter(person=person).order_by("-created_at", "-pk")
        if beyond := list(newest.values_list("pk", flat=True)[MOST : MOST + BATCH]):
            gone += Notification.objects.filter(pk__in=beyond).delete()[0]
    return gone
