"""What every provider takes, returns and raises. Nothing here depends on who answers."""

import base64
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol, Self

MOST_CANDIDATES = 5
ROUNDING = 1e-6  # probabilities that sum to one may sum to a little more in floating point


class Verdict(StrEnum):
    """Is there an animal in the picture at all?"""

    ANIMAL = "animal"
    UNSURE = "unsure"
    NO_ANIMAL = "no_animal"


class Fault(StrEnum):
    """The reasons a provider may give for not answering; `ProviderError.code` is one of them."""

    UNAVAILABLE = "unavailable"  # not installed, not configured, or its files are damaged
    UNREADABLE_PICTURE = "unreadable_picture"  # these bytes are not a picture we can open
    PICTURE_TOO_LARGE = "picture_too_large"  # more pixels than we agree to decode
    UNAUTHORIZED = "unauthorized"  # the key is wrong
    FORBIDDEN = "forbidden"  # the key is right, but may not do this
    UNKNOWN_MODEL = "unknown_model"  # the service has no such model or address
    REJECTED = "rejected"  # the service found the request itself wrong
    QUOTA = "quota"  # the account has no money or allowance left
    RATE_LIMITED = "rate_limited"  # too many requests right now
    SERVER_ERROR = "server_error"  # the service broke
    TIMEOUT = "timeout"
    CONNECTION = "connection"
    TRUNCATED = "truncated"  # the answer was cut off at its length limit
    FILTERED = "filtered"  # a content filter stopped the answer
    REFUSED = "refused"  # the model declined to look at this picture
    BAD_ANSWER = "bad_answer"  # an answer came, but not in the agreed shape


@dataclass(frozen=True)
class Usage:
    """What one paid call used. `cost_usd` is None when the price of the model is not known to us."""

    model: str
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    cost_usd: Decimal | None

    def to_dict(self) -> dict[str, Any]:
        """Return the same facts in types that JSON has; the cost as text, so that no cent is rounded."""
        return {**vars(self), "cost_usd": None if self.cost_usd is None else str(self.cost_usd)}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Undo `to_dict`."""
        cost = data.get("cost_usd")
        return cls(**{**data, "cost_usd": None if cost is None else Decimal(cost)})


class ProviderError(Exception):
    """A provider did not answer. `temporary` says whether asking again later can help.

    `usage` is what the failed call cost all the same. `earlier` holds the failures of the providers asked
    before this one, so that their costs are not forgotten.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        temporary: bool = False,
        retry_after: float | None = None,
        usage: Usage | None = None,
    ) -> None:
        super().__init__(message)
        self.code = str(code)
        self.temporary = temporary
        self.retry_after = retry_after
        self.usage = usage
        self.provider = ""
        self.earlier: tuple[ProviderError, ...] = ()

    def failures(self) -> "tuple[Failure, ...]":
        """Return every call that came to nothing, this one last, each with what it cost."""
        return tuple(
            Failure(error.provider, error.code, error.temporary, error.usage)
            for error in (*self.earlier, self)
        )


@dataclass(frozen=True)
class Candidate:
    """One taxon the picture may show. `probability` is an honest one: of ten such, about so many are right."""

    scientific_name: str
    rank: str
    common_name: str
    probability: float
    ncbi_taxid: int | None = None
    breed: str = ""

    def __post_init__(self) -> None:
        """Refuse a nameless candidate and a number that is no probability."""
        if not self.scientific_name or not self.rank:
            raise ValueError("A candidate needs a scientific name and a rank.")
        if not 0.0 <= self.probability <= 1.0 + ROUNDING:
            raise ValueError(f"A probability lies between 0 and 1, not at {self.probability}.")


@dataclass(frozen=True)
class Failure:
    """A call of a provider that came to nothing, and why."""

    provider: str
    code: str
    temporary: bool
    usage: Usage | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the same facts in types that JSON has."""
        return {**vars(self), "usage": self.usage and self.usage.to_dict()}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Undo `to_dict`."""
        return cls(**{**data, "usage": data["usage"] and Usage.from_dict(data["usage"])})


@dataclass(frozen=True)
class Answer:
    """What a provider says about one picture.

    `taxon` is the most specific taxon the provider is sure of, or None. `candidates` are alternatives to
    choose from, best first; a picture without an animal has none. `embedding` describes how the picture looks
    (2560 numbers, float16) for comparing it with others, and is empty where a provider has no such thing.
    """

    verdict: Verdict
    taxon: Candidate | None
    candidates: tuple[Candidate, ...]
    animal_probability: float
    provider: str
    version: str
    embedding: bytes = b""
    usage: Usage | None = None
    milliseconds: float = 0.0
    failures: tuple[Failure, ...] = ()

    def __post_init__(self) -> None:
        """Refuse an answer that would mislead whoever shows it."""
        chances = [candidate.probability for candidate in self.candidates]
        if chances != sorted(chances, reverse=True) or len(chances) > MOST_CANDIDATES:
            raise ValueError(f"Candidates come best first and at most {MOST_CANDIDATES}.")
        if sum(chances) > 1.0 + ROUNDING or not 0.0 <= self.animal_probability <= 1.0 + ROUNDING:
            raise ValueError("Probabilities must not sum to more than 1.")
        if self.verdict != Verdict.ANIMAL and self.taxon:
            raise ValueError("Who is not sure that it is an animal cannot be sure which.")
        if not self.provider or not self.version:
            raise ValueError("An answer names its provider and version.")

    def to_dict(self) -> dict[str, Any]:
        """Return the answer in types that JSON has. `from_dict` makes an equal answer of it."""
        return {
            **vars(self),
            "verdict": self.verdict.value,
            "taxon": None if self.taxon is None else dict(vars(self.taxon)),
            "candidates": [dict(vars(candidate)) for candidate in self.candidates],
            "embedding": base64.b64encode(self.embedding).decode("ascii"),
            "usage": None if self.usage is None else self.usage.to_dict(),
            "failures": [failure.to_dict() for failure in self.failures],
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Undo `to_dict`. Raises KeyError, TypeError or ValueError on anything else."""
        taxon, usage = data.get("taxon"), data.get("usage")
        return cls(
            **{
                **data,
                "verdict": Verdict(data["verdict"]),
                "taxon": Candidate(**taxon) if taxon else None,
                "candidates": tuple(Candidate(**candidate) for candidate in data["candidates"]),
                "embedding": base64.b64decode(data.get("embedding", ""), validate=True),
                "usage": Usage.from_dict(usage) if usage else None,
                "failures": tuple(Failure.from_dict(failure) for failure in data.get("failures", [])),
            }
        )


class Provider(Protocol):
    """Someone who can name the animal in a picture.

    `model` is what prices and measurements are kept under: no more of them than an operator sets. `is_remote` says
    that the picture leaves this server.
    """

    name: str
    model: str

    @property
    def is_remote(self) -> bool: ...

    def price(self) -> Decimal | None:
        """Return the most that one call can cost in dollars, 0 for nothing, None if that is not known."""

    def version(self) -> str:
        """Name everything the answer depends on, so that a stored answer can be judged years later."""

    def prepare(self) -> None:
        """Load what `identify` will need. Calling it is optional, and twice is as good as once."""

    def identify(self, picture: bytes) -> Answer:
        """Name the animal in an encoded picture. Raises ProviderError and nothing else."""
