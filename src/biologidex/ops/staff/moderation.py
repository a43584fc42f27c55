"""What comes of a report: one decision for all who reported the same."""

from django.db import transaction
from django.utils.translation import gettext as _

from biologidex.accounts import services as accounts
from biologidex.accounts.models import User
from biologidex.core import audit
from biologidex.core.errors import Invalid
from biologidex.dex import services as dex
from biologidex.social import services as social
from biologidex.social.models import Notification, Report

HIDE, WARN, SUSPEND, DISMISS = "hide", "warn", "suspend", "dismiss"
DECISIONS = (HIDE, WARN, SUSPEND, DISMISS)


@transaction.atomic
def decide(*, by: User, report: Report, decision: str, reason: str) -> int:
    """Act upon a report, and settle it with all open ones of the same thing. Returns how many were settled.

    Who reported is not told what came of it, and who is reported never learns by whom.
    """
    audit.refuse_others(by)
    if decision not in DECISIONS or (decision == HIDE and report.entry_id is None):
        raise Invalid(_("Please choose what is to be done."), field="decision")
    alike = (
        Report.objects.select_for_update().waiting().filter(person=report.person_id, entry_id=report.entry_id)
    )
    waiting = list(alike)
    if not waiting:
        raise Invalid(_("Somebody has settled this report already."))
    if decision == HIDE and report.entry_id:
        dex.hide_card(by=by, entry_id=report.entry_id, reason=reason)
    elif decision == SUSPEND:
        accounts.suspend(by=by, person=report.person, reason=reason)
    elif decision == WARN:
        word = accounts.warn(by=by, person=report.person, words=reason)
        kind = Notification.Kind.STAFF_WORD
        social.notify(person_id=report.person_id, kind=kind, subject=word.pk)
    outcome = Report.Outcome.DISMISSED if decision == DISMISS else Report.Outcome.UPHELD
    for one in waiting:
        social.settle_report(by=by, report=one, outcome=outcome, remark=reason)
    audit.record(
        by=by,
        action=f"report.{decision}",
        kind="person",
        pk=report.person_id,
        reason=reason,
        reports=[str(one.pk) for one in waiting],
        card=str(report.entry_id or ""),
    )
    return len(waiting)
