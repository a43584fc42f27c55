"""The one thing about trees that a person can change: what is kept of them."""

from biologidex.accounts.models import User
from biologidex.core.caching import next_generation
from biologidex.graph.scope import group_of


def forget_trees(*, by: User) -> None:
    """Have every tree of this person drawn anew when it is next asked for. Nobody else's are touched."""
    next_generation(group_of(by))
