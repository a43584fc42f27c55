"""Words about identifications that the templates share."""

from decimal import Decimal

from django import template
from django.utils.translation import ngettext

register = template.Library()
CENT = Decimal("0.01")


@register.filter
def cents(usd: Decimal) -> str:
    """Say what something costs in cents of the US dollar, with two digits that count."""
    amount = usd / CENT
    digits = 0 if amount >= 10 else 1 if amount >= 1 else 2
    number = f"{amount:.{digits}f}"
    return ngettext("%(number)s US cent", "%(number)s US cents", 1 if number == "1" else 2) % {
        "number": number
    }
