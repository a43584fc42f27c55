"""The chain asks until somebody answers, and forgets neither failures nor their costs."""

from decimal import Decimal

import pytest

from biologidex.vision.engine.answer import Answer, Provider, ProviderError, Usage, Verdict
from biologidex.vision.engine.chain import identify
from biologidex.vision.engine.registry import PROVIDERS, EngineConfig, providers_named

SPENT = Usage("some-model", 1000, 0, 10, Decimal("0.01"))


class Stub:
    """Answers or fails as it is told, and counts how often it was asked."""

    def __init__(self, name: str, error: ProviderError | None = None) -> None:
        self.name = self.model = name
        self.is_remote = False
        self.error = error
        self.asked = 0

    def price(self) -> Decimal:
        return Decimal(0)

    def version(self) -> str:
        return f"{self.name} 1"

    def prepare(self) -> None:
        pass

    def identify(self, picture: bytes) -> Answer:
        self.asked += 1
        if self.error:
            raise self.error
        return Answer(Verdict.NO_ANIMAL, None, (), 0.1, self.name, self.version())


def failing(name: str, *, temporary: bool = False) -> Stub:
    error = ProviderError("server_error", "broken", temporary=temporary, usage=SPENT)
    return Stub(name, error)


def test_the_first_answer_counts_and_nobody_else_is_asked() -> None:
    first, second = Stub("first"), Stub("second")

    answer = identify(b"", providers=[first, second])

    assert (answer.provider, answer.failures, second.asked) == ("first", (), 0)


def test_after_a_failure_the_next_is_asked_and_the_failure_with_its_cost_is_told() -> None:
    answer = identify(b"", providers=[failing("first", temporary=True), Stub("second")])

    assert answer.provider == "second"
    assert [(one.provider, one.code, one.temporary, one.usage) for one in answer.failures] == [
        ("first", "server_error", True, SPENT)
    ]


def test_when_all_fail_the_last_failure_is_raised_and_knows_the_others() -> None:
    with pytest.raises(ProviderError) as caught:
        identify(b"", providers=[failing("first"), failing("second")])

    assert caught.value.provider == "second"
    assert [error.provider for error in caught.value.earlier] == ["first"]


def test_when_all_fail_and_one_only_for_now_that_one_is_raised() -> None:
    with pytest.raises(ProviderError) as caught:
        identify(b"", providers=[failing("first", temporary=True), failing("second")])

    assert (caught.value.provider, caught.value.temporary) == ("first", True)
    assert [error.provider for error in caught.value.earlier] == ["second"]


def test_without_providers_identification_is_unavailable() -> None:
    with pytest.raises(ProviderError) as caught:
        identify(b"", providers=[])

    assert caught.value.code == "unavailable"


def test_progress_grows_to_the_end() -> None:
    shares: list[float] = []

    identify(b"", providers=[failing("first"), Stub("second")], progress=shares.append)

    assert shares == [0.0, 0.5, 1.0]


def test_providers_come_in_the_order_asked_for() -> None:
    chosen: list[Provider] = providers_named(["scripted", "openai"], EngineConfig())

    assert [provider.name for provider in chosen] == ["scripted", "openai"]


def test_an_unknown_provider_is_refused_with_the_names_of_the_known() -> None:
    with pytest.raises(ValueError, match=r"'crystal-ball'.*local, openai, scripted"):
        providers_named(["local", "crystal-ball"], EngineConfig())


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_provider_is_called_what_the_setting_calls_it(name: str) -> None:
    assert PROVIDERS[name](EngineConfig()).name == name
