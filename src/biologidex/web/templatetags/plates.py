"""Words and drawings that the templates share."""

from datetime import date
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, gettext_noop

from biologidex.animals.models import Taxon
from biologidex.dex.models import DexEntry
from biologidex.dex.privacy import ToldPlace
from biologidex.media import services as media
from biologidex.media.developed import VARIANTS, fitted
from biologidex.media.models import Photo
from biologidex.web import groups, names, preferences, ranks
from biologidex.web.audiences import AUDIENCES, Audience

register = template.Library()
register.filter("rank_word", ranks.rank_word)
register.filter("rank_title", ranks.rank_title)

RANKS_OF_A_LADDER = ("kingdom", "phylum", "class_name", "order", "family", "genus", "species")
PLACE_WORDS = {
    "photo": gettext_noop("from the photo"),
    "device": gettext_noop("from this device"),
    "person": gettext_noop("set by you"),
    "": gettext_noop("unknown"),
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon. It is never the only bearer of a meaning, so readers of the screen skip it."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("web/icons.svg"),
        name,
    )


@register.simple_tag
def silhouette(key: str) -> SafeString:
    """Draw the shape of a group, where a photo is still missing."""
    return format_html(
        '<svg class="silhouette" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("web/art/silhouettes.svg"),
        key,
    )


@register.simple_tag(takes_context=True)
def color_scheme(context: dict[str, Any]) -> str:
    """Return the colours that the person has chosen, `light` or `dark`; blank leaves it to their device."""
    return preferences.scheme_of(context["request"]) if "request" in context else ""


@register.filter
def plate_number(index: int) -> str:
    """Number a card as plates are numbered."""
    return gettext("No. %(number)s") % {"number": f"{index:04d}"}


@register.filter
def share(probability: float) -> str:
    """Say a probability without pretending to more than is known."""
    if probability < 0.01:
        return gettext("under %(share)s") % {"share": "1\u00a0%"}
    if probability > 0.99:
        return gettext("over %(share)s") % {"share": "99\u00a0%"}
    return f"{probability * 100:.0f}\u00a0%"


@register.filter
def hundredths(probability: float) -> int:
    """Return the length of a bar, visible even for the smallest share."""
    return max(1, round(probability * 100))


@register.filter
def capitalised(name: str) -> str:
    """Begin a name with a capital; leave the rest, for there are names in names."""
    return name[:1].upper() + name[1:]


@register.filter
def name_of(taxon: Taxon) -> str:
    """Name an animal in the reader's language, else in English, else in Latin."""
    return names.name_of(taxon)


@register.filter
def group_of(taxon: Taxon | None) -> groups.Group:
    """Return the familiar group of a taxon."""
    return groups.group_of(taxon)


@register.filter
def group_of_key(taxon: Taxon | None) -> str:
    """Return the key of the familiar group of a taxon: its colour and drawing."""
    return groups.group_of(taxon).key


@register.filter
def kind_of(taxon: Taxon) -> str:
    """Say what kind of animal it is: its familiar group, or its phylum where none is familiar."""
    group = groups.group_of(taxon)
    if group is not groups.OTHERS:
        # German writes nouns with a capital wherever they stand.
        return group.label if get_language() == "de" else group.label.lower()
    return taxon.phylum if taxon.phylum != taxon.scientific_name else ""


@register.filter
def date_value(value: date | str | None) -> str:
    """Return a date as a date field wants it, or what was typed there."""
    return value.isoformat() if isinstance(value, date) else value or ""


@register.simple_tag(takes_context=True)
def picture(context: dict[str, Any], photo: Photo, variant: str) -> str:
    """Return the address of a photo for whoever looks at the page."""
    return media.address(photo, variant, viewer=context["request"].user)


@register.simple_tag(takes_context=True)
def pictures(context: dict[str, Any], photo: Photo) -> str:
    """Return the addresses of a photo's small sizes with their widths, for the browser to choose from."""
    return ", ".join(
        f"{picture(context, photo, name)} {fitted(photo.width, photo.height, VARIANTS[name])[0]}w"
        for name in ("thumb", "card")
    )


@register.simple_tag
def all_audiences() -> list[Audience]:
    """Return whom a card may be shown to, the narrowest first."""
    return list(AUDIENCES.values())


@register.filter
def audience(visibility: str) -> Audience:
    """Return whom a card of this visibility is shown to, in words."""
    return AUDIENCES[visibility]


@register.filter
def provenance(source: str) -> str:
    """Say who gave a place."""
    return gettext(PLACE_WORDS[source])


@register.filter
def coordinates(of: DexEntry | Photo | ToldPlace) -> str:
    """Write a place as people write it: 40.41678° N, 3.70379° W."""
    if of.latitude is None or of.longitude is None:
        return ""
    north, east = "N" if of.latitude >= 0 else "S", "E" if of.longitude >= 0 else "W"
    digits = 1 if isinstance(of, ToldPlace) and of.is_generalised else 5
    return f"{abs(of.latitude):.{digits}f}° {north}, {abs(of.longitude):.{digits}f}° {east}"


@register.filter
def accuracy(place: ToldPlace) -> str:
    """Say how far off a place may be, in metres or whole kilometres."""
    metres = place.accuracy_m or 0
    return f"{metres / 1000:.0f} km" if metres >= 10_000 else f"{metres:.0f} m"


@register.filter
def ladder(taxon: Taxon) -> list[tuple[str, str]]:
    """Return the classification from the kingdom down, ending in the taxon itself."""
    steps = [
        (rank.removesuffix("_name"), value) for rank in RANKS_OF_A_LADDER if (value := getattr(taxon, rank))
    ]
    if not steps or steps[-1][1] != taxon.scientific_name:
        steps.append((taxon.rank, taxon.scientific_name))
    return steps
