"""What can go wrong around an identification."""

from biologidex.core.errors import Conflict, Invalid, Unavailable


class BadSettings(Unavailable):
    """No identification is possible with what the operator has set."""

    code = "bad_settings"


class NotFinished(Conflict):
    """The photo has not been identified yet."""

    code = "not_finished"


class NotFailed(Conflict):
    """Only a failed identification can be tried again."""

    code = "not_failed"


class Settled(Conflict):
    """The person has already confirmed or discarded this identification."""

    code = "settled"


class NoSuchCandidate(Invalid):
    """The identification has no animal of that number, or none that could be put on a card."""

    code = "no_such_candidate"


class NoSuchProvider(Invalid):
    """Nobody of that name is asked here, or nobody who needs to be allowed to."""

    code = "no_such_provider"
