"""What kept answers about dexes are made of (see `core.inputs`)."""

from typing import Any

from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.fields import CharField
from django.db.models.functions import Cast, Concat

from biologidex.animals.selectors import ANIMALS
from biologidex.core.inputs import Inputs
from biologidex.social.models import Friendship

# Of the moment too: a database that was restored counts its versions once more.
VERSION = {"dex": F("dex_state__version"), "dex_changed_at": F("dex_state__changed_at")}


def _dexes(friendships: QuerySet[Friendship], friend: str) -> Subquery:
    """Return what changes whenever something does in one of these friends' dexes.

    Versions only grow, whoever closes their account leaves the count, and who is whose friend is the circle's.
    """
    state, active = f"{friend}__dex_state", Q(**{f"{friend}__is_active": True})
    marks = (
        Count("pk"),
        Count("pk", filter=active),
        Sum(f"{state}__version", filter=active),
        Max(f"{state}__changed_at", filter=active),
    )
    told: list[Any] = [part for mark in marks for part in (Cast(mark, CharField()), Value(":"))]
    marked = friendships.order_by().values(one=Value(1)).annotate(told=Concat(*told))
    return Subquery(marked.values("told"))


OWN_DEX = Inputs((ANIMALS,), VERSION)
FRIENDS_DEXES = Inputs(
    (),
    {
        "circle": F("circle__version"),
        "asked": _dexes(Friendship.objects.accepted().filter(asked_by=OuterRef("pk")), "asked"),
        "asking": _dexes(Friendship.objects.accepted().filter(asked=OuterRef("pk")), "asked_by"),
    },
    confidential=True,  # friends' private cards count, and blocks
)
