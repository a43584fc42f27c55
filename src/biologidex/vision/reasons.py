"""Why an identification came to nothing, in sentences for the person: what is the matter, and what they can do.

Kept in English with the job, as programs read them; pages look the sentence up again by its code, in the person's
own language.
"""

from django.utils.translation import gettext_noop as _

from biologidex.vision import breaker, consent, spending

REASONS = {
    "unavailable": _(
        "Identification is not available on this server. You can still search for the animal yourself."
    ),
    "picture_too_large": _("This photo has too many pixels to be identified. Try a smaller one."),
    "filtered": _(
        "The identification service declined this photo. You can still search for the animal yourself."
    ),
    "quota": _(
        "The identification service has used up its budget. You can still search for the animal yourself."
    ),
    spending.BUDGET_USED_UP: _(
        "The budget for identification is used up for this month. You can still search for the animal yourself."
    ),
    spending.SHARE_USED_UP: _(
        "You have used up your share of this month's identifications. "
        "You can still search for the animal yourself."
    ),
    consent.NO_CONSENT: _(
        "Nobody on this server could name this animal. A service elsewhere may be able to, but it sees your photos "
        "only if you agree to that in your settings. You can still search for the animal yourself."
    ),
    breaker.CIRCUIT_OPEN: _(
        "The identification service does not work at the moment. "
        "Try again later, or search for the animal yourself."
    ),
    "refused": _(
        "The identification service declined this photo. You can still search for the animal yourself."
    ),
    "unreadable_picture": _("This photo could not be read. Try another one."),
    "photo_missing": _(
        "The file of this photo is no longer on this server. Discard it and send the photo again."
    ),
    "interrupted": _("The identification was interrupted too often. Please try again."),
}
UNEXPLAINED = _("The identification did not work. Please try again, or search for the animal yourself.")
