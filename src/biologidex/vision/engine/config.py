"""What the host may set. The defaults are the measured ones."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from pathlib import Path
from typing import Self


@dataclass(frozen=True)
class Thresholds:
    """How sure the offline networks must be before they say something.

    Rule F: sharpen the probabilities with temperature 0.7, sum them per taxon, and name the most specific taxon
    whose sum reaches its rank's threshold. Tuned on 2254 photos outside the networks' training set, where it
    named a wrong taxon in 3.1 % of cases (mean over six groups of photos).
    Below `unsure` there is no animal in the picture, below `animal` we cannot say. A dog's breed is named
    when one breed holds at least the share `breed` of everything doglike.
    """

    temperature: float = 0.7
    unsure: float = 0.40
    animal: float = 0.50
    breed: float = 0.50
    phylum: float = 0.77
    class_: float = 0.83
    order: float = 0.89
    family: float = 0.93
    genus: float = 0.93
    species: float = 0.93

    @classmethod
    def but_for(cls, numbers: Mapping[str, float]) -> Self:
        """Return the measured thresholds but for these. A name that is none raises ValueError with those that are."""
        renamed = {("class_" if name == "class" else name): number for name, number in numbers.items()}
        names = [setting.name for setting in fields(cls)]
        if unknown := renamed.keys() - set(names):
            known = ", ".join(name.rstrip("_") for name in names)
            raise ValueError(f"There is no threshold {min(unknown)!r}. Choose among {known}.")
        return cls(**renamed)

    def __post_init__(self) -> None:
        """Refuse numbers that cannot mean anything."""
        for setting in fields(self):
            if not 0.0 < getattr(self, setting.name) <= 1.0:
                raise ValueError(f"{setting.name.rstrip('_')} must lie between 0 and 1.")
        if self.unsure > self.animal:
            raise ValueError("unsure must not be above animal.")


@dataclass(frozen=True)
class EngineConfig:
    """Everything the providers need from outside. The key never shows in a repr."""

    openai_api_key: str = field(default="", repr=False)
    openai_base_url: str = ""
    openai_model: str = "gpt-5.6-luna"
    openai_timeout: float = 45.0
    openai_reasoning: str = "low"  # "" for models that do not know the setting
    call_usd: Decimal = Decimal(
        0
    )  # the most that one call costs, where the model's price is not known; 0: unknown
    thresholds: Thresholds = Thresholds()
    max_pixels: int = 64_000_000
    script: Path | None = None
