"""Why a file is not taken in, or cannot be given out."""

from biologidex.core.errors import Conflict, Invalid, NotFound, TooLarge


class BadFile(Invalid):
    """The file cannot be read as any list of finds that is known here. The sentence says where and why."""

    code = "bad_file"

    def __init__(self, sentence: str, *, field: str | None = "file") -> None:
        super().__init__(sentence, field=field)


class FileTooLarge(TooLarge):
    """The file has more bytes, or more lines, than this server takes."""

    code = "file_too_large"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, field="file")


class TooManyAtOnce(Conflict):
    """Several files of this person are being read already."""

    code = "too_many_imports"


class NoSuchKind(NotFound):
    """Finds are not given out in this form."""

    code = "no_such_kind"


class NothingToConfirm(NotFound):
    """The file that was looked through is gone: it waited too long, or another one came after it."""

    code = "nothing_to_confirm"
