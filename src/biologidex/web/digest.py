"""The mail that tells what friends found and what is new, once a day or week: no places, nothing that is private."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import ngettext

from biologidex.accounts.models import User
from biologidex.core import identity, jobs
from biologidex.dex.selectors import feed_for, notices_for
from biologidex.social import services as social
from biologidex.social.models import Notification, NotificationSettings
from biologidex.social.selectors import digest_of, settings_of
from biologidex.social.services.notices import UNSUBSCRIBE
from biologidex.web import names as animal_names
from biologidex.web.templatetags.plates import name_of
from biologidex.web.told import Told, tell

Kind = Notification.Kind
# What may stand in a mail: of one's own cards only that friends, who see them, left a word there.
MAILED = (
    Kind.FRIEND_REQUEST,
    Kind.FRIEND_ACCEPTED,
    Kind.REACTION,
    Kind.BADGE,
    Kind.IDENTIFIED,
    Kind.STAFF_WORD,
)
FRIENDS, NAMES, LINES = 10, 3, 10
MOST = 5000  # finds that are counted
LONGEST = {"daily": timedelta(days=1), "weekly": timedelta(days=7)}


@dataclass(frozen=True)
class Period:
    """The day or week, by the person's clock, after which a digest is due, and when it began and ended."""

    key: str
    since: datetime
    until: datetime


@dataclass(frozen=True)
class Finds:
    """What one friend found: how much, and some of it by name."""

    friend: str
    count: int
    names: list[str]

    @property
    def more(self) -> int:
        """How many are not named."""
        return self.count - len(self.names)


@dataclass(frozen=True)
class Digest:
    """What a mail says."""

    finds: list[Finds] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    looks: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing has happened: then there is no mail."""
        return not (self.finds or self.told or self.looks)


def period_of(person: User, how_often: str, *, now: datetime) -> Period:
    """Return the period that has ended last: yesterday, or the week until Sunday."""
    zone = person.profile.time_zone
    clock = ZoneInfo(zone if zone in available_timezones() else settings.TIME_ZONE)
    today = now.astimezone(clock).date()
    end = today if how_often == NotificationSettings.Digest.DAILY else today - timedelta(days=today.weekday())
    return Period(str(end), _midnight(end - LONGEST[how_often], clock), _midnight(end, clock))


def _midnight(day: date, clock: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), clock)


def enqueue_due() -> int:
    """Have a digest sent to everybody for whom one is due. Asking often does no harm."""
    count = 0
    for person in _subscribers().iterator(chunk_size=500):
        chosen = getattr(person, "notification_settings", None) or NotificationSettings(person=person)
        how_often = digest_of(person, chosen)
        period = period_of(person, how_often, now=timezone.now())
        if chosen.digest_period < period.key and person.date_joined < period.until:
            jobs.enqueue("web.send_digest", user_id=str(person.pk))
            count += 1
    return count


def _subscribers() -> QuerySet[User]:
    people = User.objects.filter(is_active=True, email_confirmed=True)
    people = people.exclude(notification_settings__digest=NotificationSettings.Digest.OFF)
    return people.select_related("profile", "notification_settings")


def send(*, user_id: str) -> bool:
    """Send one person the digest that is due, once for each period. False if none was, or if nothing happened."""
    person = User.objects.select_related("profile").filter(pk=user_id, is_active=True).first()
    how_often = digest_of(person, settings_of(person)) if person else NotificationSettings.Digest.OFF
    if person is None or how_often == NotificationSettings.Digest.OFF:
        return False
    period = period_of(person, how_often, now=timezone.now())
    before = social.claim_digest(person_id=person.pk, period=period.key)
    if before >= period.key:
        return False
    try:
        with _as_they_read(person):
            digest = digest_for(person, period)
            if not digest.is_empty:
                mail_of(person, digest, how_often).send()
    except Exception:
        social.release_digest(person_id=person.pk, period=period.key, before=before)
        raise
    return not digest.is_empty


@contextmanager
def _as_they_read(person: User) -> Iterator[None]:
    """See what this person sees, in the person's language."""
    animal_names.begin()
    with (
        identity.acting_as(person.pk),
        translation.override(person.profile.language or settings.LANGUAGE_CODE),
    ):
        yield


def digest_for(person: User, period: Period) -> Digest:
    """Return what happened in a period, as far as the person may know of it now."""
    within = {"created_at__gte": period.since, "created_at__lt": period.until}
    found = feed_for(person).filter(**within).select_related("owner", "animal__taxon")
    finds = []
    ordered = list(found.order_by("owner__username", "-created_at", "pk")[:MOST])
    animal_names.prepare(card.animal.taxon for card in ordered)
    for friend, cards in groupby(ordered, key=lambda card: card.owner):
        names = [name_of(card.animal.taxon) for card in cards]
        finds.append(Finds(friend.username, len(names), names[:NAMES]))
    finds.sort(key=lambda one: -one.count)
    unread = notices_for(person).unread().filter(**within)
    told = list(unread.filter(kind__in=MAILED).select_related("actor")[:LINES])
    return Digest(finds[:FRIENDS], tell(told, to=person), unread.filter(kind=Kind.SECOND_LOOK).count())


def mail_of(person: User, digest: Digest, how_often: str) -> EmailMultiAlternatives:
    """Write the mail: plain text, the same as simple HTML, and how to get no more of them."""
    end = _page("web:unsubscribe", signing.dumps(str(person.pk), salt=UNSUBSCRIBE))
    shown = {
        "digest": digest,
        "person": person,
        "how_often": how_often,
        "site": settings.SITE_URL,
        "feed": _page("web:feed"),
        "end": end,
        "choose": _page("web:notification-settings"),
    }
    mail = EmailMultiAlternatives(
        _subject(digest),
        render_to_string("web/mail/digest.txt", shown),
        to=[person.email],
        headers={
            "List-Unsubscribe": f"<{end}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )
    mail.attach_alternative(render_to_string("web/mail/digest.html", shown), "text/html")
    return mail


def _subject(digest: Digest) -> str:
    count = sum(one.count for one in digest.finds)
    if not count:
        return translation.gettext("News for you on BiologiDex")
    words = ngettext("Your friends found %(count)s animal", "Your friends found %(count)s animals", count)
    return words % {"count": count}


def _page(name: str, *arguments: str) -> str:
    return f"{settings.SITE_URL}{reverse(name, args=arguments)}"
