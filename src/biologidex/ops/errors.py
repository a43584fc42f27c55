"""Why a server cannot start."""

from biologidex.core.errors import Conflict


class FolderInUse(Conflict):
    """Another server works on this data folder."""

    code = "folder_in_use"


class CannotListen(Conflict):
    """The address cannot be had."""

    code = "cannot_listen"


class FolderUnusable(Conflict):
    """The data folder cannot be made or written."""

    code = "folder_unusable"
