"""Builders: one line makes a thing the test needs, with harmless values for what it does not care about."""

from typing import Any

from biologidex.accounts.models import User

PASSWORD = "kingfisher-over-water"


def user(name: str = "ann", **fields: Any) -> User:
    """Make a person whose password is PASSWORD."""
    return User.objects.create_user(name, f"{name}@example.org", PASSWORD, **fields)
