"""The candidates of an identification side by side: what each looks like, and which are easily mistaken."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from biologidex.accounts.models import User
from biologidex.animals.models import Taxon
from biologidex.dex.selectors import pictures_of
from biologidex.media.models import Photo
from biologidex.vision.selectors import Suggestion
from biologidex.web import names
from biologidex.web.tiles import Tile


@dataclass(frozen=True)
class Candidate:
    """One of them, with a photo of that animal if the viewer may see one. A member of the group was not `said`."""

    taxon: Taxon | None
    said: Suggestion | None
    picture: Photo | None
    is_look_alike: bool


def shown_of(tile: Tile, *, viewer: User) -> dict[str, Any]:
    """Return what the templates call the candidates of a photo."""
    names.prepare([*tile.between, *tile.members, *(rung.taxon for rung in tile.rungs)])
    alike = tile.look_alikes
    listed = [*([tile.sure] if tile.sure else []), *tile.others]
    shown = {*tile.members, *(one.taxon for one in listed if one.taxon)}
    pictures = pictures_of({taxon.pk for taxon in shown}, viewer=viewer)

    def candidates(suggestions: Iterable[Suggestion]) -> list[Candidate]:
        return [
            Candidate(one.taxon, one, pictures.get(one.taxon.pk) if one.taxon else None, one in alike)
            for one in suggestions
        ]

    return {
        "sure": candidates([tile.sure] if tile.sure else []),
        "look_alikes": candidates(alike),
        "others": candidates(one for one in tile.others if one not in alike),
        "inside": candidates(tile.outcome.inside if tile.outcome else []),
        "members": [Candidate(one, None, pictures.get(one.pk), is_look_alike=False) for one in tile.members],
        "outside": candidates(tile.outcome.outside if tile.outcome else []),
    }
