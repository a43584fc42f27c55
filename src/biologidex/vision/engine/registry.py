"""Who can identify. A new provider is one file under `providers/` and one line here.

The factories import late because a provider may bring a large library, and most programs never need it.
"""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from biologidex.vision.engine.answer import Provider
from biologidex.vision.engine.config import EngineConfig, Thresholds

__all__ = ["PROVIDERS", "EngineConfig", "Thresholds", "providers_named"]


def _local(config: EngineConfig) -> Provider:
    from biologidex.vision.engine.providers.local import Local  # noqa: PLC0415 -- slow import

    return Local(config)


def _openai(config: EngineConfig) -> Provider:
    from biologidex.vision.engine.providers.openai import OpenAI  # noqa: PLC0415 -- slow import

    return OpenAI(config)


def _scripted(config: EngineConfig) -> Provider:
    from biologidex.vision.engine.providers.scripted import Scripted  # noqa: PLC0415 -- slow import

    return Scripted(config)


PROVIDERS: Mapping[str, Callable[[EngineConfig], Provider]] = MappingProxyType(
    {"local": _local, "openai": _openai, "scripted": _scripted}
)


def providers_named(names: Iterable[str], config: EngineConfig) -> list[Provider]:
    """Return the providers in this order. An unknown name raises ValueError that lists the known ones."""
    chosen = list(names)
    unknown = [name for name in chosen if name not in PROVIDERS]
    if unknown:
        raise ValueError(f"There is no provider {unknown[0]!r}. Choose among {', '.join(PROVIDERS)}.")
    return [PROVIDERS[name](config) for name in chosen]
