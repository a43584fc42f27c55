"""What an identification says, in the words of the backbone."""

from dataclasses import dataclass
from typing import Any

from biologidex.animals.models import Taxon
from biologidex.vision.models import AnalysisJob


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


def suggestions(job: AnalysisJob) -> Outcome:
    """Return the outcome of a completed identification, with one query for all its taxa."""
    answer: dict[str, Any] = job.answer or {}
    named = [*answer.get("candidates", []), *([answer["taxon"]] if answer.get("taxon") else [])]
    taxa = Taxon.objects.in_bulk([one["taxon_id"] for one in named if one.get("taxon_id")])

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

    sure = answer.get("taxon")
    return Outcome(
        verdict=answer.get("verdict", ""),
        animal_probability=answer.get("animal_probability", 0.0),
        sure=suggestion(-1, sure) if sure else None,
        candidates=[suggestion(index, one) for index, one in enumerate(answer.get("candidates", []))],
    )
