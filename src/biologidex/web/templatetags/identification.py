"""Words about identifications that the templates share."""

from decimal import Decimal

from django import template
from django.utils.translation import gettext, gettext_noop, ngettext

from biologidex.vision.consent import TITLES
from biologidex.vision.models import AnalysisJob
from biologidex.vision.reasons import REASONS, UNEXPLAINED

register = template.Library()
CENT = Decimal("0.01")
CHANCES = (  # of ten animals of which this is said so many are it; below the last: hardly
    (0.9, gettext_noop("very likely")),
    (0.6, gettext_noop("likely")),
    (0.3, gettext_noop("perhaps")),
    (0.1, gettext_noop("possible")),
)
HARDLY = gettext_noop("hardly")
WAITING, LOOKING, NAMING, DONE = range(4)


@register.filter
def cents(usd: Decimal) -> str:
    """Say what something costs in cents of the US dollar, with two digits that count."""
    amount = usd / CENT
    digits = 0 if amount >= 10 else 1 if amount >= 1 else 2
    number = f"{amount:.{digits}f}"
    return ngettext("%(number)s US cent", "%(number)s US cents", 1 if number == "1" else 2) % {
        "number": number
    }


@register.filter
def chance(probability: float) -> str:
    """Say a probability in words."""
    return gettext(next((word for least, word in CHANCES if probability >= least), HARDLY))


@register.filter
def reason(job: AnalysisJob) -> str:
    """Say why an identification came to nothing, in the reader's language."""
    known = REASONS.get(job.error_code, UNEXPLAINED)
    return gettext(known) if job.error_message in {known, ""} else job.error_message


@register.filter
def provider_title(name: str) -> str:
    """Call a provider as people do."""
    return TITLES.get(name, name.capitalize())


@register.filter
def stage(job: AnalysisJob) -> int:
    """Return how far an identification is: 0 waiting, 1 looking at the photo, 2 finding names, 3 done."""
    if job.is_finished:
        return DONE
    if job.status == AnalysisJob.Status.PENDING:
        return WAITING
    return NAMING if job.progress >= 0.9 else LOOKING
