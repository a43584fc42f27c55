"""Whose photos may be shown to whom. A photo stays on this server unless its owner has agreed to a provider by name.

Asked when a photo is about to be shown to somebody, not when the identification was asked for: what was taken back
meanwhile counts, whoever does the work. A provider that costs money is asked for as well, wherever it runs.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from biologidex.accounts import services as accounts
from biologidex.accounts.models import User
from biologidex.accounts.selectors import consented
from biologidex.vision.engine.answer import Answer, Provider, ProviderError

NO_CONSENT = "no_consent"
TITLES = {"openai": "OpenAI"}


@dataclass(frozen=True)
class Choice:
    """A provider that is asked for a person's photos only if they agree, and whether they have."""

    name: str
    title: str
    model: str
    is_remote: bool
    most_usd: Decimal | None  # what one photo costs at most; None where nobody knows
    since: datetime | None

    @property
    def is_given(self) -> bool:
        """Whether they have agreed."""
        return self.since is not None


class Consented:
    """A provider that sees only photos of people who agreed to it. Without an owner a photo is the operator's own."""

    def __init__(self, provider: Provider, *, owner_id: UUID | None) -> None:
        self._provider, self._owner_id = provider, owner_id
        self.name, self.model, self.is_remote = provider.name, provider.model, provider.is_remote
        self.price, self.version, self.prepare = provider.price, provider.version, provider.prepare

    def identify(self, picture: bytes) -> Answer:
        """Ask, or raise a lasting ProviderError."""
        if _wants_consent(self._provider) and not self._may_see():
            raise ProviderError(NO_CONSENT, f"The photo's owner has not agreed to {self.name}.")
        return self._provider.identify(picture)

    def _may_see(self) -> bool:
        return self._owner_id is None or purpose_of(self.name) in consented(self._owner_id)


def purpose_of(provider: str) -> str:
    """Return the name under which a consent is kept."""
    return f"identification:{provider}"


def choices_for(person: User, asked: Iterable[Provider]) -> list[Choice]:
    """Return what a person can agree to, of these providers, in their order."""
    wanting = [one for one in asked if _wants_consent(one)]
    given = consented(person.pk) if wanting else {}
    return [
        Choice(
            name=one.name,
            title=TITLES.get(one.name, one.name.capitalize()),
            model=one.model,
            is_remote=one.is_remote,
            most_usd=one.price(),
            since=given.get(purpose_of(one.name)),
        )
        for one in wanting
    ]


def choose(*, by: User, providers: Iterable[str], allowed: Iterable[str]) -> None:
    """Agree to those of the providers that are allowed, and to none of the others."""
    wanted = set(allowed)
    for name in providers:
        change = accounts.give_consent if name in wanted else accounts.withdraw_consent
        change(by=by, purpose=purpose_of(name))


def _wants_consent(provider: Provider) -> bool:
    return provider.is_remote or provider.price() != 0
