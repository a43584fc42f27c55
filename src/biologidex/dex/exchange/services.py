"""Give finds out, take finds in."""

import hashlib
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePath
from typing import IO
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from biologidex.accounts import services as accounts
from biologidex.accounts.models import User
from biologidex.core import audit, jobs
from biologidex.dex.exchange import files
from biologidex.dex.exchange.errors import BadFile, FileTooLarge, NoSuchKind, NothingToConfirm, TooManyAtOnce
from biologidex.dex.exchange.incoming.sources import recognised
from biologidex.dex.exchange.models import ImportRun
from biologidex.dex.exchange.outgoing import FORMS
from biologidex.dex.exchange.taking import take
from biologidex.dex.exchange.trying import try_out
from biologidex.media.limits import most_bytes

State = ImportRun.State
AT_ONCE = 3  # files of one person that wait or are read: each takes room
UNCONFIRMED = timedelta(days=1)  # for which a file waits for its owner's yes
FAILED = gettext_noop(
    "The file could not be read to its end. What was read is kept: send the file again and it goes on from there."
)


@dataclass(frozen=True)
class Export:
    """A file that is made while it is read."""

    filename: str
    content_type: str
    chunks: Iterator[bytes]


def export(*, by: User, kind: str, licensed_only: bool = True) -> Export:
    """Give out all finds of a person in one of the forms of `outgoing`.

    `licensed_only` counts for the archive that is made to be published; the others are for their owner alone and
    hold everything.
    """
    form = FORMS.get(kind)
    if form is None:
        raise NoSuchKind(f"Finds are given out as {', '.join(FORMS)}.")
    make = form.chunks if licensed_only or form.unlicensed is None else form.unlicensed
    audit.note(by.pk, "dex.export", kind="person", pk=by.pk, form=kind, licensed_only=licensed_only)
    name = f"biologidex-{timezone.now().date().isoformat()}.{form.extension}"
    return Export(name, form.content_type, make(by))


def begin(
    *,
    by: User,
    pieces: Iterable[bytes],
    filename: str = "",
    kind: str = "",
    at_hand: bool = False,
    is_trial: bool = False,
) -> tuple[ImportRun, bool]:
    """Take a file in, to be read in the background. Returns the import, and whether it is new.

    The whole file is looked through first: one that is not known, or breaks off, is refused with the place, and
    nothing of it is kept. The same file, sent again before it has been read, is the same import. `at_hand` is for
    whoever sits at the server: any size, and the caller reads it with `carry_out`. With `is_trial` its lines are only
    looked at, until `confirm`; one such file of a person is kept, the latest.
    """
    with _received(pieces, most=0 if at_hand else most_bytes()) as (content, sha256, size):
        if twin := ImportRun.objects.unfinished().filter(owner=by, sha256=sha256).first():
            return twin, False
        _refuse_too_many(by)  # before the file is looked through, which is the work
        with recognised(content) as source:
            if kind and kind != source.kind.name:
                told = {"is": source.kind.name, "not": kind[:40]}
                raise BadFile(_("This file is of the kind %(is)s, not %(not)s.") % told, field="kind")
            run = ImportRun(
                owner=by,
                kind=source.kind.name,
                filename=_harmless(filename),
                sha256=sha256,
                size=size,
                total=source.count(),
                is_trial=is_trial,
            )
        run.pk = uuid4()
        files.keep(run.pk, content)
    if is_trial:
        for former in ImportRun.objects.filter(owner=by, state=State.CHECKED):
            discard(by=by, run=former)
    try:
        return _begun(run, at_hand=at_hand)
    except BaseException:
        files.remove(run.pk)
        raise


def _refuse_too_many(person: User) -> None:
    if ImportRun.objects.unfinished().filter(owner=person).count() >= AT_ONCE:
        told = {"count": AT_ONCE}
        raise TooManyAtOnce(
            _("%(count)s of your files are being read. Please wait until one is done.") % told
        )


def _begun(run: ImportRun, *, at_hand: bool) -> tuple[ImportRun, bool]:
    same = ImportRun.objects.unfinished().filter(owner=run.owner, sha256=run.sha256)
    try:
        with transaction.atomic():
            accounts.hold(run.owner_id)
            if not same.exists():
                _refuse_too_many(run.owner)
            run.save(force_insert=True)
            if not at_hand:
                jobs.enqueue("dex.import", run_id=str(run.pk))
    except IntegrityError:
        twin = same.first()
        if twin is None:
            raise
        files.remove(run.pk)
        return twin, False
    return run, True


@contextmanager
def _received(pieces: Iterable[bytes], *, most: int) -> Iterator[tuple[IO[bytes], str, int]]:
    """Copy the file to where one can go back and forth in it. `most` is in bytes, 0 for no limit."""
    digest, size = hashlib.sha256(), 0
    with tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as content:
        for piece in pieces:
            size += len(piece)
            if most and size > most:
                told = {"most": settings.MAX_UPLOAD_MB}
                raise FileTooLarge(_("This file is larger than %(most)s MB.") % told)
            digest.update(piece)
            content.write(piece)
        if not size:
            raise BadFile(_("The file is empty."))
        yield content, digest.hexdigest(), size


def _harmless(filename: str) -> str:
    """Return the name to show to its owner again: the last part of a path, printable, not too long."""
    last = PurePath(filename.replace("\\", "/")).name
    return "".join(sign for sign in last if sign.isprintable())[-100:]


def carry_out(*, run_id: UUID, tell: Callable[[int, int], None] = lambda _done, _total: None) -> None:
    """Read the lines that have not been read yet, each in a transaction of its own, and end the import.

    Of a trial say what each line would become, and wait for the owner's word.
    """
    run = ImportRun.objects.unfinished().select_related("owner__profile").filter(pk=run_id).first()
    if run is None:
        return
    ImportRun.objects.filter(pk=run_id).update(state=State.RUNNING)
    if run.is_trial:
        _look_through(run, tell)
        return
    done = set(run.rows.values_list("number", flat=True))
    with files.opened(run_id) as content, recognised(content) as source:
        for number, row in enumerate(source.rows(), start=1):
            if number not in done:
                take(run, source, number, row)
            tell(number, run.total)
    _end(run_id, State.DONE)


def _look_through(run: ImportRun, tell: Callable[[int, int], None]) -> None:
    with files.opened(run.pk) as content, recognised(content) as source:
        try_out(run, source, tell)
    ImportRun.objects.unfinished().filter(pk=run.pk).update(state=State.CHECKED)


def confirm(*, by: User, run: ImportRun) -> ImportRun:
    """Take in what has been looked through. Saying yes twice is saying it once."""
    with transaction.atomic():
        accounts.hold(by.pk)
        mine = ImportRun.objects.select_for_update().filter(owner=by, pk=run.pk).first()
        if mine is None:
            raise NothingToConfirm(_("This file is not here any more. Please send it again."))
        if mine.state != State.CHECKED:
            return mine
        _refuse_too_many(by)
        if ImportRun.objects.unfinished().filter(owner=by, sha256=mine.sha256).exists():
            raise TooManyAtOnce(_("This very file is being read already."))
        mine.rows.all().delete()
        mine.state, mine.is_trial = State.WAITING, False
        mine.save(update_fields=["state", "is_trial"])
        jobs.enqueue("dex.import", run_id=str(mine.pk))
    return mine


def discard(*, by: User, run: ImportRun) -> None:
    """Forget a file that has been looked through, and what was found in it."""
    if ImportRun.objects.filter(owner=by, pk=run.pk, state=State.CHECKED).delete()[0]:
        files.remove(run.pk)


def give_up(*, run_id: UUID) -> None:
    """End an import that could not be read to its end, and say so."""
    _end(run_id, State.FAILED, message=FAILED)


def _end(run_id: UUID, state: str, *, message: str = "") -> None:
    ended = {"state": state, "message": message, "finished_at": timezone.now()}
    ImportRun.objects.unfinished().filter(pk=run_id).update(**ended)
    files.remove(run_id)


def remove_files(*, owner_id: UUID) -> None:
    """Remove the files that somebody who is being erased has sent and that have not been read to their end."""
    for run_id in ImportRun.objects.with_file().filter(owner=owner_id).values_list("pk", flat=True):
        files.remove(run_id)


def sweep() -> None:
    """Remove files that nobody will read any more: of people who are gone, of starts that a crash cut short, and of
    those that were looked through and never confirmed.
    """
    stale = timezone.now() - UNCONFIRMED
    ImportRun.objects.filter(state=State.CHECKED, created_at__lt=stale).delete()
    for run_id in files.old_ones():
        if not ImportRun.objects.with_file().filter(pk=run_id).exists():
            files.remove(run_id)
