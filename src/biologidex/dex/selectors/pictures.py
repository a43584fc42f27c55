"""What an animal looks like, by photos that somebody may see."""

from collections.abc import Collection

from django.db.models import Case, OuterRef, Subquery, UUIDField, Value, When

from biologidex.accounts.models import User
from biologidex.animals.models import Taxon
from biologidex.dex.models import DexEntry, EntryPhoto
from biologidex.media.models import Photo


def pictures_of(taxon_ids: Collection[int], *, viewer: User) -> dict[int, Photo]:
    """Return one photo of each of these taxa, where a card shows one that the viewer may see; their own first.

    Two queries, however many taxa.
    """
    if not taxon_ids:
        return {}
    own_first = Case(When(entry__owner=viewer.pk, then=Value(0)), default=Value(1))
    cards = DexEntry.objects.visible_to(viewer).filter(owner__is_active=True)
    shown = EntryPhoto.objects.filter(entry__animal__taxon=OuterRef("pk"), entry__in=cards)
    best = shown.order_by(own_first, "-added_at", "pk").values("photo")
    newest = Subquery(best[:1], output_field=UUIDField())
    found = dict(
        Taxon.objects.filter(pk__in=taxon_ids)
        .annotate(picture=newest)
        .filter(picture__isnull=False)
        .values_list("pk", "picture")
    )
    photos = Photo.objects.in_bulk(found.values())
    return {taxon_id: photos[photo_id] for taxon_id, photo_id in found.items()}
