"""Everything two people do to each other: ask, answer, part, block.

What one cannot know stays so. Who is rejected or blocked is answered as somebody who waits for an answer.
"""

from datetime import datetime
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from biologidex.accounts.models import User
from biologidex.core import clock
from biologidex.social.errors import (
    AlreadyFriends,
    NobodyThere,
    NoSuchRequest,
    NotBlocked,
    NotFriends,
    NotYourRequest,
    YouBlocked,
    Yourself,
)
from biologidex.social.models import Block, Circle, Friendship, Notification, Standing
from biologidex.social.services.notices import mark_read, notify, take_back

Status = Friendship.Status
ASKED, SAID_YES = Notification.Kind.FRIEND_REQUEST, Notification.Kind.FRIEND_ACCEPTED


def person_meant(*, friend_code: str = "", user_id: UUID | None = None) -> User:
    """Return the person with this friend code, or else with this id."""
    people = User.objects.filter(is_active=True)
    if friend_code:
        person = people.filter(friend_code=friend_code.strip().upper()).first()
    else:
        person = people.filter(pk=user_id).first() if user_id else None
    if person is None:
        raise NobodyThere(
            _("There is nobody with this friend code.") if friend_code else _("There is nobody here.")
        )
    return person


@transaction.atomic
def ask(*, by: User, whom: User) -> tuple[Friendship, bool]:
    """Ask somebody to be one's friend. Returns the request, and whether it is new to whoever asks.

    Asking again is the same request. Asking somebody who has asked oneself accepts. A request that was rejected
    stays rejected for `settings.REQUEST_AGAIN`; one that meets a block never arrives. Neither can be told from a
    request that waits.
    """
    if by.pk == whom.pk:
        raise Yourself(_("This is your own friend code. Ask a friend for theirs."))
    _lock(by, whom)
    _refuse_if_blocked(by=by, whom=whom)
    is_unheard = Block.objects.filter(blocker=whom, blocked=by).exists()
    standing = Friendship.objects.between(by, whom).first()
    if standing is None or standing.status == Status.WITHDRAWN:
        return _new_request(by, whom, former=standing, is_unheard=is_unheard), True
    if standing.asked_by_id == by.pk:
        return _ask_again(standing, is_unheard=is_unheard), False
    return _befriend(standing), False


def _new_request(by: User, whom: User, *, former: Friendship | None, is_unheard: bool) -> Friendship:
    """Write a request with an id of its own. If the person withdrew one that was rejected, that still counts."""
    rejected_at = former.answered_at if former and former.asked_by_id == by.pk else None
    if former:
        former.delete()
    now = timezone.now()
    if is_unheard:
        rejected_at = rejected_at or now
    is_quiet = is_unheard or _is_too_soon(rejected_at)
    made = Friendship.objects.create(
        asked_by=by,
        asked=whom,
        status=Status.REJECTED if is_quiet else Status.PENDING,
        created_at=now,
        asked_at=now,
        answered_at=rejected_at if is_quiet else None,
    )
    _tell_of(made)
    return made


def _ask_again(standing: Friendship, *, is_unheard: bool) -> Friendship:
    if standing.status == Status.REJECTED and not is_unheard and not _is_too_soon(standing.answered_at):
        standing.status, standing.asked_at, standing.answered_at = Status.PENDING, timezone.now(), None
        standing.save(update_fields=["status", "asked_at", "answered_at"])
        _tell_of(standing)
    return standing


def _tell_of(request: Friendship) -> None:
    """Tell whoever is asked. Of one that never reaches them too: it takes as long, and is shown as little."""
    notify(person_id=request.asked_id, kind=ASKED, actor=request.asked_by, subject=request.pk)


def _is_too_soon(rejected_at: datetime | None) -> bool:
    return rejected_at is not None and timezone.now() < rejected_at + settings.REQUEST_AGAIN


@transaction.atomic
def accept(*, by: User, request: Friendship) -> Friendship:
    """Say yes. Saying it twice changes nothing; one may also think better of a no."""
    standing = _locked(request)
    _refuse_unless_asked(standing, by=by)
    _refuse_if_blocked(by=by, whom=standing.asked_by)
    return _befriend(standing)


def _befriend(standing: Friendship) -> Friendship:
    if not standing.is_accepted:
        _answer(standing, Status.ACCEPTED)
        mark_read(by=standing.asked, subject=standing.pk)
        notify(person_id=standing.asked_by_id, kind=SAID_YES, actor=standing.asked, subject=standing.pk)
        _stand_otherwise(standing.asked_by_id, standing.asked_id)
    return standing


@transaction.atomic
def reject(*, by: User, request: Friendship) -> Friendship:
    """Say no, which whoever asked is not told. Saying it twice changes nothing."""
    standing = _locked(request)
    _refuse_unless_asked(standing, by=by)
    if standing.is_accepted:
        raise AlreadyFriends(_("You are friends already. End the friendship instead."))
    _end(standing, by=by)
    return standing


@transaction.atomic
def end(*, by: User, friendship: Friendship) -> None:
    """Be done with it, whatever it is: part from a friend, take back a request, turn one down."""
    standing = _locked(friendship)
    if by.pk not in {standing.asked_by_id, standing.asked_id}:
        raise NoSuchRequest(_("There is no such request."))
    _end(standing, by=by)


@transaction.atomic
def unfriend(*, by: User, which: UUID) -> None:
    """Part from a friend, named by the friendship's id or by the friend's own."""
    friend = Q(asked_by=by, asked=which) | Q(asked_by=which, asked=by)
    mine = (
        Friendship.objects.accepted().of(by).filter(Q(pk=which) | friend).select_related("asked_by", "asked")
    )
    friendship = mine.first()
    if friendship is None:
        raise NotFriends(_("You are not friends."))
    standing = _locked(friendship)
    if not standing.is_accepted:
        raise NotFriends(_("You are not friends."))
    _end(standing, by=by)


def _end(standing: Friendship, *, by: User) -> None:
    """End a friendship for both, or one side's part of a request."""
    if standing.is_accepted:
        take_back(kind=SAID_YES, subject=standing.pk)
        standing.delete()
        _stand_otherwise(standing.asked_by_id, standing.asked_id)
    elif standing.asked_by_id == by.pk:
        _take_back(standing)
    elif standing.status == Status.PENDING:
        _answer(standing, Status.REJECTED)
        take_back(kind=ASKED, subject=standing.pk)


def _answer(standing: Friendship, status: Friendship.Status) -> None:
    standing.status, standing.answered_at = status, timezone.now()
    standing.save(update_fields=["status", "answered_at"])


def _take_back(standing: Friendship) -> None:
    take_back(kind=ASKED, subject=standing.pk)
    if standing.status == Status.PENDING:
        standing.delete()
    else:  # the rejection is remembered, or taking back would be a way to ask again at once
        standing.status = Status.WITHDRAWN
        standing.save(update_fields=["status"])


@transaction.atomic
def block(*, by: User, whom: User) -> tuple[Block, bool]:
    """Have nothing to do with somebody any more. Returns the block, and whether it is new.

    The friendship ends, one's own request is taken back, and theirs waits for ever as far as they know.
    """
    if by.pk == whom.pk:
        raise Yourself(_("You cannot block yourself."))
    _lock(by, whom)
    standing = Friendship.objects.between(by, whom).first()
    if standing:
        _end(standing, by=by)
    made, is_new = Block.objects.get_or_create(blocker=by, blocked=whom)
    if is_new:
        _connections_changed(by.pk, whom.pk)
    return made, is_new


@transaction.atomic
def block_asker(*, by: User, request: Friendship) -> tuple[Block, bool]:
    """Block whoever sent the request."""
    _refuse_unless_asked(request, by=by)
    return block(by=by, whom=request.asked_by)


@transaction.atomic
def unblock(*, by: User, which: UUID) -> None:
    """Lift a block of one's own, named by its id or by the blocked person's. What was asked meanwhile stays unheard."""
    found = Block.objects.filter(Q(pk=which) | Q(blocked=which), blocker=by).select_related("blocked").first()
    if found is None:
        raise NotBlocked(_("You have not blocked this person."))
    _lock(by, found.blocked)
    found.delete()
    _connections_changed(by.pk, found.blocked_id)


def _lock(*people: User) -> None:
    """Let what these people do to each other happen one after the other. In order, so that nobody waits in a ring."""
    ordered = sorted(people, key=lambda person: person.pk)
    Circle.objects.bulk_create([Circle(person=person) for person in ordered], ignore_conflicts=True)
    list(Circle.objects.select_for_update().filter(person__in=ordered).order_by("person"))


def _locked(friendship: Friendship) -> Friendship:
    """Return it as it is now, and stays until the end of the transaction."""
    _lock(friendship.asked_by, friendship.asked)
    standing = Friendship.objects.select_related("asked_by", "asked").filter(pk=friendship.pk).first()
    if standing is None or standing.status == Status.WITHDRAWN:
        raise NoSuchRequest(_("There is no such request."))
    return standing


def _stand_otherwise(*people: UUID) -> None:
    """Note when two people became friends or parted. By the clock that a dex's changes go by, and under the lock."""
    one, other = sorted(people)
    Standing.objects.update_or_create(one_id=one, other_id=other, defaults={"changed_at": clock.now()})
    _connections_changed(one, other)


def _connections_changed(*people: UUID) -> None:
    for person in people:
        Circle.objects.filter(person=person).update(version=uuid4())


def _refuse_unless_asked(standing: Friendship, *, by: User) -> None:
    if standing.asked_by_id == by.pk:
        raise NotYourRequest(_("Only the person you asked can answer."))
    if standing.asked_id != by.pk:
        raise NoSuchRequest(_("There is no such request."))


def _refuse_if_blocked(*, by: User, whom: User) -> None:
    if Block.objects.filter(blocker=by, blocked=whom).exists():
        raise YouBlocked(_("You have blocked this person. Lift the block first."))
