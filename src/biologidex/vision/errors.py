"""What can go wrong around an identification."""

from biologidex.core.errors import Conflict, Unavailable


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
