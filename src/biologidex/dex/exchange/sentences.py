"""What is said of single lines of a file. It is written down in English, as programs read it; pages tell it again.

Each sentence ends in a full stop. What is filled in is cut short before.
"""

from django.utils.translation import gettext_noop as _

NOT_A_DATE = _("“%(told)s” is not a date that can be read here, like 2026-05-31.")
NOT_A_NUMBER = _("“%(told)s” is not a number.")
NEITHER = _("“%(told)s” is neither true nor false.")
NOT_A_MOMENT = _("“%(told)s” is not a moment that can be read here.")
NOT_YET = _("“%(told)s” has not been yet.")
CUT = _("%(heading)s: only the first %(most)s of %(count)s characters were kept.")
NO_ANIMAL = _("The line names no animal.")
MAY_MEAN = _("“%(told)s” may mean %(names)s. Choose one by hand.")
UNKNOWN_ANIMAL = _("“%(told)s” is not the name of an animal that this server knows.")
NO_GEOPRIVACY = _("“%(told)s” is not one of open, obscured and private.")
TOO_MANY_CELLS = _("This line has %(cells)s cells, but there are %(headings)s headings.")
NOT_A_TEXT = _("This has to be a text.")
NO_SOURCE = _("The source of a place is one of %(sources)s.")
NO_LIST = _("The photos have to be a list.")
NO_PHOTO = _("A photo has the name of its file and its SHA-256.")
NUL = _("A NUL character cannot be kept.")
NO_ROOM = _("Its notes have no room on the card.")
NOT_IN_THIS_FILE = _("The photos are not in this file; a ZIP archive has them.")
PHOTO_LOST = _("%(file)s is missing, too large or damaged.")
SEEN_BY_OTHERS = _(
    "Others see your card of this animal, and this line does not say who may see it: nothing was added."
)
FILLED_IN = [one for one in list(globals().values()) if isinstance(one, str) and "%(" in one]
