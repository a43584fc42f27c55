"""What an identification says, in the words of the backbone."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from biologidex.accounts.models import User
from biologidex.animals.models import Taxon
from biologidex.animals.selectors import best_known, is_within
from biologidex.vision.models import AnalysisJob, PaidCall

# Why a provider did not answer without having been shown the photo.
NEVER_SHOWN = frozenset(
    {
        "no_consent",
        "budget_used_up",
        "share_used_up",
        "circuit_open",
        "unavailable",
        "unreadable_picture",
        "picture_too_large",
    }
)

FINE = frozenset({"species", "subspecies"})
UNLIKELY = 0.02  # a guess outside of the group that is sure is as good as none below this


@dataclass(frozen=True)
class Suggestion:
    """One animal that the photo may show. `taxon` is None if the backbone does not know the name."""

    index: int
    taxon: Taxon | None
    name: str
    scientific_name: str
    rank: str
    probability: float
    breed: str


@dataclass(frozen=True)
class Outcome:
    """What is known of a photo: `sure` is the most specific taxon that may be relied on."""

    verdict: str
    animal_probability: float
    sure: Suggestion | None
    candidates: list[Suggestion]

    @property
    def detected(self) -> list[Suggestion]:
        """Return what may be taken for an answer, the sure one first; nothing if nothing is sure.

        A program that takes the first of them without asking anybody must not file a guess.
        """
        return [self.sure, *self._others] if self.sure else []

    @property
    def group(self) -> Taxon | None:
        """Return the group that is sure where the species is not."""
        return self.sure.taxon if self.sure and self.sure.rank not in FINE else None

    @property
    def inside(self) -> list[Suggestion]:
        """Return the other suggestions that agree with what is sure, the likeliest first."""
        return [one for one in self._others if not self._contradicts(one)]

    @property
    def outside(self) -> list[Suggestion]:
        """Return those that contradict the group that is sure, and are likely all the same."""
        return [one for one in self._others if self._contradicts(one) and one.probability >= UNLIKELY]

    @property
    def _others(self) -> list[Suggestion]:
        sure = self.sure.taxon if self.sure else None
        return [one for one in self.candidates if one.taxon is None or one.taxon != sure]

    def _contradicts(self, one: Suggestion) -> bool:
        return self.group is not None and (one.taxon is None or is_within(one.taxon, self.group) is False)


def suggestions(job: AnalysisJob) -> Outcome:
    """Return the outcome of a completed identification."""
    return outcomes([job])[0]


def outcomes(jobs: Sequence[AnalysisJob]) -> list[Outcome]:
    """Return the outcomes of identifications in their order, with one query however many there are."""
    ids = {one.get("taxon_id") for job in jobs for one in _named(job)} - {None}
    taxa = Taxon.objects.in_bulk(ids) if ids else {}
    return [_outcome(job, taxa) for job in jobs]


def _named(job: AnalysisJob) -> list[dict[str, Any]]:
    sure = job.answer.get("taxon")
    return [*job.answer.get("candidates", []), *([sure] if sure else [])]


def _outcome(job: AnalysisJob, taxa: dict[int, Taxon]) -> Outcome:
    def suggestion(index: int, one: dict[str, Any]) -> Suggestion:
        taxon = taxa.get(one.get("taxon_id") or 0)
        return Suggestion(
            index=index,
            taxon=taxon,
            name=(taxon.common_name if taxon else "") or one["common_name"],
            scientific_name=one["scientific_name"],
            rank=one["rank"],
            probability=one["probability"],
            breed=one.get("breed", ""),
        )

    sure = job.answer.get("taxon")
    return Outcome(
        verdict=job.answer.get("verdict", ""),
        animal_probability=job.answer.get("animal_probability", 0.0),
        sure=suggestion(-1, sure) if sure else None,
        candidates=[suggestion(index, one) for index, one in enumerate(job.answer.get("candidates", []))],
    )


def members(outcome: Outcome) -> list[Taxon]:
    """Return the best known species of the group that is sure, but for those that are suggested anyway.

    The local identification knows few species of most groups; a person who looks at the photo knows which it is.
    """
    if outcome.group is None:
        return []
    suggested = [one.taxon for one in outcome.candidates]
    return [taxon for taxon in best_known(outcome.group) if taxon not in suggested]


def export_for(person: User) -> dict[str, Any]:
    """Return a person's identifications, for themselves. How a photo looks to the engine is left out: numbers."""
    left_out = {"owner", "embedding"}
    columns = [field.attname for field in AnalysisJob._meta.concrete_fields if field.name not in left_out]
    jobs = AnalysisJob.objects.filter(owner=person).order_by("created_at", "pk")
    calls = PaidCall.objects.filter(owner=person).order_by("created_at", "pk")
    return {
        "identifications": list(jobs.values(*columns)),
        "paid_calls": list(
            calls.values("created_at", "job_id", "provider", "model", "estimate_usd", "cost_usd")
        ),
    }


@dataclass(frozen=True)
class Provenance:
    """Who said what a photo shows, who else was shown it, and what that cost."""

    provider: str
    model: str
    version: str
    is_remote: bool
    also: list[str]  # providers that were asked as well and did not answer
    cost_usd: Decimal  # in all; what a call can cost at most counts where nobody learned what it did
    is_exact: bool  # whether that is what it did cost


def provenance_of(job: AnalysisJob) -> Provenance:
    """Return who was asked about a photo. An answer that was there already cost nothing anew."""
    answer = job.answer
    shown = [one["provider"] for one in answer.get("failures", []) if one["code"] not in NEVER_SHOWN]
    calls = list(job.paid_calls.values_list("cost_usd", "estimate_usd"))
    costs = [estimate if cost is None else cost for cost, estimate in calls]
    return Provenance(
        provider=answer.get("provider", ""),
        model=(answer.get("usage") or {}).get("model", ""),
        version=job.engine_version,
        is_remote=answer.get("remote", False),
        also=[name for name in dict.fromkeys(shown) if name != answer.get("provider")],
        cost_usd=sum(costs, Decimal(0)),
        is_exact=all(cost is not None for cost, _ in calls),
    )
