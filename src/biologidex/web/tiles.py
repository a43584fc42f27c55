"""What is shown of an identification: the job, what came out, and what the person may do about it."""

from dataclasses import dataclass

from biologidex.animals.models import Taxon
from biologidex.vision.models import AnalysisJob
from biologidex.vision.selectors import Outcome, Suggestion, suggestions
from biologidex.web.groups import group_of

WORTH_SAYING = 0.1  # a guess below this would only puzzle on a tile; the page lists them all
FINE = {"species", "subspecies", "breed", "variety"}


@dataclass(frozen=True)
class Tile:
    """An identification as a page shows it."""

    job: AnalysisJob
    outcome: Outcome | None

    @property
    def sure(self) -> Suggestion | None:
        """What may be relied on, if it can be put on a card."""
        found = self.outcome and self.outcome.verdict == "animal" and self.outcome.sure
        return found if found and found.taxon else None

    @property
    def group(self) -> str:
        """Return the key of the group whose colour the page takes."""
        return group_of(self.sure.taxon if self.sure else None).key

    @property
    def is_exact(self) -> bool:
        """Whether it is the very species that is sure."""
        return self.sure is not None and self.sure.rank in FINE

    @property
    def sees_no_animal(self) -> bool:
        """Whether the photo shows none, as far as the machine can tell."""
        return self.outcome is not None and self.outcome.verdict == "no_animal"

    @property
    def others(self) -> list[Suggestion]:
        """Return the candidates besides the sure answer."""
        if self.outcome is None:
            return []
        sure = self.sure.taxon if self.sure else None
        return [one for one in self.outcome.candidates if one.taxon is None or one.taxon != sure]

    @property
    def guess(self) -> Suggestion | None:
        """Return the likeliest animal besides the sure answer, if it is likely at all."""
        likely = (one for one in self.others if one.taxon and one.probability >= WORTH_SAYING)
        return next(likely, None)

    def offers(self, taxon: Taxon) -> bool:
        """Whether a taxon is among what the page lists anyway."""
        listed = [*self.others, *([self.sure] if self.sure else [])]
        return any(one.taxon == taxon for one in listed)


def tile_of(job: AnalysisJob) -> Tile:
    """Return what is shown of a job; `job.photo` should be loaded."""
    done = job.status == AnalysisJob.Status.COMPLETED
    return Tile(job, suggestions(job) if done else None)
