"""Tell whoever runs the server that something should not be here as it is."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from biologidex.accounts.models import User
from biologidex.core.throttling import spend
from biologidex.social.errors import AlreadySettled, BadReport, NotStaff, Yourself
from biologidex.social.models import Report
from biologidex.social.models.reports import QUOTED_LENGTH, WORDS_LENGTH


def report(
    *, by: User, person: User, reason: str, words: str = "", entry_id: UUID | None = None, quoted: str = ""
) -> tuple[Report, bool]:
    """Report a person, or a card of theirs. Returns the report, and whether it is new.

    Nobody but staff learns of it. Reporting the same again, as long as nobody has settled it, says it better but is
    no second report. Call it only for what the reporter may see; `quoted` is what that was.
    """
    if by.pk == person.pk:
        raise Yourself(_("This is your own. You can change or delete it yourself."))
    if reason not in Report.Reason.values:
        raise BadReport(_("Please choose what is wrong."), field="reason")
    words = words.strip()
    if len(words) > WORDS_LENGTH:
        raise BadReport(_("Please say it in 1000 characters at most."), field="words")
    spend("report", str(by.pk))
    said = {"reason": reason, "words": words, "quoted": quoted[:QUOTED_LENGTH]}
    about = {"reporter": by, "person": person, "entry_id": entry_id}
    standing = Report.objects.filter(**about, outcome=Report.Outcome.OPEN)
    if not standing.exists():
        try:
            with transaction.atomic():
                return Report.objects.create(**about, **said), True
        except IntegrityError:  # twice at once
            pass
    standing.update(**said)
    return standing.get(), False


@transaction.atomic
def settle_report(*, by: User, report: Report, outcome: str, remark: str = "") -> Report:
    """Say what came of a report. Only staff can, once."""
    if not (by.is_staff and by.is_active):
        raise NotStaff(_("Only those who run this server settle reports."))
    if outcome not in {Report.Outcome.UPHELD, Report.Outcome.DISMISSED}:
        raise BadReport(_("Please choose what came of it."), field="outcome")
    standing = Report.objects.select_for_update().get(pk=report.pk)
    if standing.outcome != Report.Outcome.OPEN:
        raise AlreadySettled(_("Somebody has settled this report already."))
    standing.outcome, standing.remark = outcome, remark.strip()[:WORDS_LENGTH]
    standing.settled_by, standing.settled_at = by, timezone.now()
    standing.save(update_fields=["outcome", "remark", "settled_by", "settled_at"])
    return standing
