"""What is said of a file that is not taken, and what it may be instead. No Django: the darkroom speaks it too."""

from biologidex.core.errors import Word
from biologidex.core.errors import gettext_noop as _

EMPTY = _("The file is empty. Please choose the photo again.")
ALTERED = _("The photo did not arrive as it was sent. Please send it again.")
NOT_A_PHOTO = _(
    "This is %(kind)s, not a photo that can be read here. "
    "Please send a photo as JPEG, PNG, WebP, HEIC, AVIF or GIF."
)
HIDES = _("This picture also contains %(hidden)s. Please send the photo alone.")
FAR_TOO_MANY_PIXELS = _("This picture has far too many pixels. Please send a smaller one.")
TOO_MANY_PIXELS = _(
    "This picture has %(width)s x %(height)s pixels; at most %(millions)s million are taken. "
    "Please send a smaller one."
)
TOO_MUCH_MEMORY = _("This picture needs more memory than one photo may take. Please send a smaller one.")
DAMAGED = _("This photo could not be read: it is damaged or not complete. Please send it again.")
UNREADABLE = _("This photo could not be read. Please try another one.")
TOO_SLOW = _("Reading this photo took longer than %(seconds)s seconds. Please send a smaller one.")
INTERRUPTED = _("Reading this photo was interrupted. Please send it again.")
NO_HELPER = _("Photos cannot be read at the moment. Please try again later.")
BUSY = _("Many photos are being read just now. Please try again in a minute.")
FROM_THE_DARKROOM = {
    *(EMPTY, NOT_A_PHOTO, HIDES, FAR_TOO_MANY_PIXELS, TOO_MANY_PIXELS, TOO_MUCH_MEMORY, DAMAGED),
}

TIFF = Word(_("a TIFF or raw picture"))
BMP = Word(_("a BMP picture"))
PHOTOSHOP = Word(_("a Photoshop document"))
JPEG_XL = Word(_("a JPEG XL picture"))
JPEG_2000 = Word(_("a JPEG 2000 picture"))
PDF = Word(_("a PDF document"))
OFFICE = Word(_("an archive or office document"))
VIDEO = Word(_("a video"))
SOUND = Word(_("a sound or video"))
DRAWING = Word(_("a drawing (SVG)"))
XML = Word(_("a drawing or other XML text"))
WEB_PAGE = Word(_("a web page"))
PAGE_OR_PROGRAM = Word(_("a web page or program"))
RAW = Word(_("a raw picture"))
TEXT = Word(_("a text"))
UNKNOWN = Word(_("an unknown kind of file"))
SCRIPT = Word(_("a script"))
ARCHIVE = Word(_("an archive"))
WORDS = {word for word in globals().values() if isinstance(word, Word)}
