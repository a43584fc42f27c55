"""What can be wrong with a request, in the words of the domain. `core.api` turns these into HTTP."""

import errno
from collections.abc import Mapping

NO_ROOM = {errno.ENOSPC, errno.EDQUOT}  # of an OSError: the disk, or what one may have of it, is full


def gettext_noop(sentence: str) -> str:
    """Note a sentence for those who translate. Who tells it looks it up: `core.api.said`.

    Django's does the same, but some of those who raise errors know nothing of Django.
    """
    return sentence


class Word(str):
    """A word in a sentence that is to be translated as well, unlike what somebody typed."""

    __slots__ = ()


class DomainError(Exception):
    """A request that cannot be done, with a sentence for the person who asked.

    `code` names the fact for programs. `field` names the input that would have to change, if one would. What `told`
    fills into the sentence is told apart from it, so that pages find its translation; `message` has it in place.
    """

    code = "invalid"

    def __init__(
        self, sentence: str, *, field: str | None = None, told: Mapping[str, object] | None = None
    ) -> None:
        self.sentence, self.told = sentence, told or {}
        self.message = sentence % told if told else sentence
        super().__init__(self.message)
        self.field = field


class Invalid(DomainError):
    """The input can never be accepted as it is."""


class Unauthenticated(DomainError):
    """Whoever asks could not prove who they are."""

    code = "unauthenticated"


class Forbidden(DomainError):
    """The person may see the thing but not do this to it."""

    code = "forbidden"


class NotFound(DomainError):
    """There is no such thing, or not for this person: the two are never told apart."""

    code = "not_found"


class Conflict(DomainError):
    """The thing is in a state in which this cannot be done."""

    code = "conflict"


class TooLarge(DomainError):
    """The input is larger than this server takes."""

    code = "too_large"


class TooMany(DomainError):
    """The person has to wait, for `retry_after` seconds if that is known."""

    code = "too_many"

    def __init__(self, message: str, *, field: str | None = None, retry_after: int | None = None) -> None:
        super().__init__(message, field=field)
        self.retry_after = retry_after


class Unavailable(DomainError):
    """A part of the server is missing or down; the same request may succeed later."""

    code = "unavailable"
