"""What can be wrong between two people."""

from biologidex.core.errors import Conflict, Forbidden, Invalid, NotFound


class BadRequest(Invalid):
    """It does not say who is meant, or what to do."""

    code = "bad_request"


class Yourself(Invalid):
    """Nobody befriends or blocks themselves."""

    code = "yourself"


class NobodyThere(NotFound):
    """There is nobody with this friend code or id."""

    code = "nobody_there"


class NoSuchRequest(NotFound):
    """The request does not exist, was withdrawn, or is none of this person's business."""

    code = "no_such_request"


class NotFriends(NotFound):
    """There is no friendship to end."""

    code = "not_friends"


class NotBlocked(NotFound):
    """There is no block of this person's to lift."""

    code = "not_blocked"


class NotYourRequest(Forbidden):
    """Only whoever was asked can answer."""

    code = "not_your_request"


class AlreadyFriends(Conflict):
    """The request was accepted before; a friendship is ended, not rejected."""

    code = "already_friends"


class YouBlocked(Conflict):
    """One has blocked the person oneself. Whoever is blocked never meets this error."""

    code = "you_blocked"


class BadReport(Invalid):
    """A report does not say what is wrong, or says too much."""

    code = "bad_report"


class AlreadySettled(Conflict):
    """Somebody of the staff was faster."""

    code = "report_settled"


class NotStaff(Forbidden):
    """Only staff settle reports."""

    code = "not_staff"


class BadChoice(Invalid):
    """There is no such kind of notification, or no such time for a digest."""

    code = "bad_choice"
