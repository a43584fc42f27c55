"""What is shown of an identification: the job, what came out, and what the person may do about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils import timezone

from biologidex.animals.models import Taxon
from biologidex.animals.selectors import ancestors
from biologidex.vision.models import AnalysisJob
from biologidex.vision.selectors import Outcome, Suggestion, outcomes
from biologidex.web.groups import group_of

WORTH_SAYING = 0.1  # a guess below this would only puzzle on a tile; the page lists them all
FINE = {"species", "subspecies"}
WIDER = {
    "genus",
    "family",
    "order",
    "class",
}  # what people know of the ranks between a species and "an animal"
# How long a page waits before it asks again, in milliseconds, by the age of the photo in seconds: most answers
# take less than half a second, and those that do not are no sooner there for being asked for.
PAUSES = ((1, 150), (3, 350), (12, 800))
LONGEST_PAUSE = 2000


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

    @cached_property
    def between(self) -> list[Taxon]:
        """Return the groups that hold the likeliest guess, each wider than the one before, up to what is sure."""
        above = ancestors(self.guess.taxon) if self.guess and self.guess.taxon else []
        sure = self.sure.taxon if self.sure else None
        if sure:  # a guess outside of what is sure leads nowhere
            above = above[: above.index(sure)] if sure in above else []
        listed = [one.taxon for one in self.others]
        return [group for group in above if group.rank in WIDER and group not in listed]

    @property
    def pause(self) -> int:
        """Return how many milliseconds to wait before asking how it goes."""
        age = (timezone.now() - self.job.created_at).total_seconds()
        return next((pause for seconds, pause in PAUSES if age < seconds), LONGEST_PAUSE)

    def offers(self, taxon: Taxon) -> bool:
        """Whether a taxon is among what the page lists anyway."""
        listed = [*self.others, *([self.sure] if self.sure else [])]
        return taxon in self.between or any(one.taxon == taxon for one in listed)


def tile_of(job: AnalysisJob) -> Tile:
    """Return what is shown of a job; `job.photo` should be loaded."""
    return tiles_of([job])[0]


def tiles_of(jobs: Sequence[AnalysisJob]) -> list[Tile]:
    """Return what is shown of jobs in their order, with one query however many there are."""
    done = [job for job in jobs if job.status == AnalysisJob.Status.COMPLETED]
    told = dict(zip([job.pk for job in done], outcomes(done), strict=True))
    return [Tile(job, told.get(job.pk)) for job in jobs]
