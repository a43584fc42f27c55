"""What can be wrong with a find."""

from biologidex.core.errors import Conflict, Invalid, NotFound


class BadFind(Invalid):
    """A detail of the find cannot be true or is too long."""

    code = "bad_find"


class NotesTooLong(Conflict):
    """The notes of two finds do not fit onto one card."""

    code = "notes_too_long"


class NothingChosen(Invalid):
    """Nobody said which animal it is."""

    code = "nothing_chosen"


class AlreadySettled(Conflict):
    """This identification has been filed or discarded before."""

    code = "already_settled"


class NoSuchSet(NotFound):
    """There is no set of animals under this name."""

    code = "no_such_set"


class BadReaction(Invalid):
    """There is no such word to leave on a card."""

    code = "bad_reaction"


class NoSuchLink(NotFound):
    """This link never led anywhere, or its card is gone."""

    code = "no_such_link"


class LinkEnded(NotFound):
    """This link led to a card, and does no more: it expired, or its owner ended it."""

    code = "link_ended"
