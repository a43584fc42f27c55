"""Who sees a card, in words. All pages take them from here, and `tests/web/test_audiences.py` holds them true."""

from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from biologidex.dex.models import DexEntry

Visibility = DexEntry.Visibility


@dataclass(frozen=True)
class Audience:
    """Whom a card is shown to: what that is called, and what it means."""

    key: str
    called: str
    means: str

    @property
    def name(self) -> str:
        """Return what it is called in the reader's language."""
        return gettext(self.called)

    @property
    def meaning(self) -> str:
        """Return what it means in the reader's language."""
        return gettext(self.means)


AUDIENCES = {
    one.key: one
    for one in (
        Audience(
            Visibility.PRIVATE,
            _("Only me"),
            _("You alone. It is in no number and no tree that others are shown."),
        ),
        Audience(
            Visibility.FRIENDS,
            _("Friends"),
            _("You and your friends here, with photos, notes and date. Nobody else learns that it exists."),
        ),
        Audience(
            Visibility.PUBLIC,
            _("Everyone"),
            _(
                "Whoever has an account here and is not blocked. Without an account nobody can open it: only its "
                "pictures, at the addresses in an archive that you publish."
            ),
        ),
    )
}


def choices() -> list[tuple[str, str]]:
    """Return who may see a card, as a form's choices."""
    return [(one.key, one.name) for one in AUDIENCES.values()]
