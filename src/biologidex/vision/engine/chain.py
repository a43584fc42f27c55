"""Ask one provider after the other until one answers."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from biologidex.vision.engine.answer import Answer, Fault, Provider, ProviderError


def identify(
    picture: bytes, *, providers: Sequence[Provider], progress: Callable[[float], None] | None = None
) -> Answer:
    """Return the first answer, with the failures before it.

    If nobody answers, the last failure is raised, or the last temporary one if there is any, because then
    asking again can help. `progress` is told what share of the providers has been asked, up to 1.0 at the end.
    """
    failures: list[ProviderError] = []
    for position, provider in enumerate(providers):
        _tell(progress, position / len(providers))
        try:
            answer = provider.identify(picture)
        except ProviderError as error:
            error.provider = provider.name
            failures.append(error)
        else:
            _tell(progress, 1.0)
            return replace(answer, failures=tuple(call for error in failures for call in error.failures()))
    if not failures:
        raise ProviderError(Fault.UNAVAILABLE, "No identification provider is configured.")
    worst = next((error for error in reversed(failures) if error.temporary), failures[-1])
    worst.earlier = tuple(error for error in failures if error is not worst)
    raise worst


def _tell(progress: Callable[[float], None] | None, share: float) -> None:
    if progress:
        progress(share)
