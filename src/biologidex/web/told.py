"""What a notification says, asked anew at the moment of reading."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from biologidex.accounts.models import User
from biologidex.dex.collection.badges import BADGES
from biologidex.dex.models import DexEntry, Reaction
from biologidex.dex.selectors import reactions_on, waiting_for
from biologidex.social.models import Notification
from biologidex.web import names
from biologidex.web.templatetags.plates import name_of

Kind = Notification.Kind
BADGE_NAMES = {badge.key: badge.name for badge in BADGES}
ICONS = {
    Kind.FRIEND_REQUEST: "friends",
    Kind.FRIEND_ACCEPTED: "friends",
    Kind.REACTION: "heart",
    Kind.FIRST_FIND: "star",
    Kind.BADGE: "trophy",
    Kind.IDENTIFIED: "camera",
    Kind.SECOND_LOOK: "search",
    Kind.STAFF_WORD: "shield",
}
NAMED = 3  # of those who left a word; the others are counted
ABOUT_CARDS = (Kind.REACTION, Kind.FIRST_FIND, Kind.SECOND_LOOK)


@dataclass(frozen=True)
class Told:
    """A notification as a page or a mail shows it. Words that several friends left on one card are told together."""

    notification: Notification
    icon: str
    sentence: str
    address: str
    is_new: bool


@dataclass(frozen=True)
class Known:
    """What the sentences need to know, asked for all of them at once."""

    animals: dict[UUID, str]
    waiting: int
    words: dict[UUID, list[Reaction]]  # by card, as they are now: a friend may have chosen another one


def tell(notifications: Sequence[Notification], *, to: User) -> list[Told]:
    """Put notifications that `notices_for` lets through into words, with one query for all cards they name."""
    ids = [one.subject for one in notifications if one.subject and one.kind in ABOUT_CARDS]
    cards = DexEntry.objects.visible_to(to).select_related("animal__taxon").filter(pk__in=ids)
    names.prepare(card.animal.taxon for card in cards)
    reacted = [one.subject for one in notifications if one.subject and one.kind == Kind.REACTION]
    known = Known(
        words=reactions_on(reacted, viewer=to) if reacted else {},
        animals={card.pk: name_of(card.animal.taxon) for card in cards},
        waiting=waiting_for(to).count() if any(one.kind == Kind.IDENTIFIED for one in notifications) else 0,
    )
    return [
        Told(
            together[0],
            ICONS[Kind(together[0].kind)],
            _sentence(together, known),
            address_of(together[0]),
            is_new=any(one.read_at is None for one in together),
        )
        for together in _together(notifications)
        if together[0].kind not in ABOUT_CARDS or together[0].subject in known.animals
    ]


def _together(notifications: Sequence[Notification]) -> list[list[Notification]]:
    """Put those that say the same of one card side by side, where the newest of them stands."""
    groups: dict[object, list[Notification]] = {}
    for one in notifications:
        same = (one.kind, one.subject) if one.kind == Kind.REACTION else one.pk
        groups.setdefault(same, []).append(one)
    return list(groups.values())


def _said(together: Sequence[Notification], known: Known) -> str:
    """Say who said what, the newest first: "bob: Wow"."""
    subject = together[0].subject
    of_card = known.words.get(subject, []) if subject else []
    kinds = {reaction.person_id: reaction.kind for reaction in of_card}
    who: dict[str, list[str]] = {}
    for one in together:
        if one.actor and (kind := kinds.get(one.actor.pk)):
            who.setdefault(kind, []).append(one.actor.username)
    return "; ".join(f"{_names(people)}: {Reaction.Kind(kind).label}" for kind, people in who.items())


def _names(names: list[str]) -> str:
    if len(names) > NAMED:
        more = ngettext("%(count)s more", "%(count)s more", len(names) - NAMED)
        names = [*names[:NAMED], more % {"count": len(names) - NAMED}]
    return get_text_list(names, _("and"))


def _sentence(together: Sequence[Notification], known: Known) -> str:
    one = together[0]
    words = {
        Kind.FRIEND_REQUEST: _("%(name)s asks to be your friend."),
        Kind.FRIEND_ACCEPTED: _("You and %(name)s are friends now."),
        Kind.REACTION: _("%(said)s. Your card: %(animal)s."),
        Kind.FIRST_FIND: _("You are the first here to find this animal: %(animal)s."),
        Kind.BADGE: _("You have earned a badge: %(badge)s."),
        Kind.IDENTIFIED: ngettext(
            "%(count)s photo of yours is identified and waits for your word.",
            "%(count)s photos of yours are identified and wait for your word.",
            known.waiting,
        ),
        Kind.STAFF_WORD: _("Those who run this server have a word for you."),
        Kind.SECOND_LOOK: _("Science has moved on. Please look at your card again: %(animal)s."),
    }
    return words[Kind(one.kind)] % {
        "name": one.actor.username if one.actor else "",
        "said": _said(together, known) if one.kind == Kind.REACTION else "",
        "count": known.waiting,
        "animal": known.animals.get(one.subject, "") if one.subject else "",
        "badge": _(BADGE_NAMES.get(one.detail, one.detail)) if one.detail else "",
    }


def address_of(one: Notification) -> str:
    """Return the page that a notification leads to."""
    if one.kind in ABOUT_CARDS:
        return reverse("web:card", args=[one.subject])
    if one.kind == Kind.IDENTIFIED:
        return reverse("web:capture")
    if one.kind == Kind.STAFF_WORD:
        return reverse("web:settings-words")
    if one.kind == Kind.BADGE:
        return reverse("web:progress")
    if one.kind == Kind.FRIEND_ACCEPTED and one.actor:
        return reverse("web:friend", args=[one.actor.username])
    return reverse("web:friends")
