"""Why a server cannot start, or a command cannot do what it was asked."""

from biologidex.core.errors import Conflict, DomainError


class FolderInUse(Conflict):
    """Another server works on this data folder."""

    code = "folder_in_use"


class CannotListen(Conflict):
    """The address cannot be had."""

    code = "cannot_listen"


class FolderUnusable(Conflict):
    """The data folder cannot be made or written."""

    code = "folder_unusable"


class BadSize(DomainError):
    """What was written is no amount of memory."""

    code = "bad_size"
