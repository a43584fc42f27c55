"""What is shown of an identification: the job, what came out, and what the person may do about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from biologidex.animals.models import Taxon
from biologidex.animals.selectors import ancestors
from biologidex.vision.models import AnalysisJob
from biologidex.vision.selectors import FINE, Outcome, Suggestion, members, outcomes
from biologidex.web import names
from biologidex.web.groups import group_of

WORTH_SAYING = 0.1  # a guess below this would only puzzle on a tile; the page lists them all
WIDER = {
    "genus",
    "family",
    "order",
    "class",
}  # what people know of the ranks between a species and "an animal"


@dataclass(frozen=True)
class Rung:
    """A step of the way down to an animal."""

    taxon: Taxon
    is_sure: bool
    is_guess: bool


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
        """Return the candidates besides the sure answer: first those that agree with it."""
        return [*self.outcome.inside, *self.outcome.outside] if self.outcome else []

    @cached_property
    def members(self) -> list[Taxon]:
        """Return the best known species of the group that is sure, for who can tell which of them it is."""
        return members(self.outcome) if self.outcome else []

    @property
    def guess(self) -> Suggestion | None:
        """Return the likeliest animal besides the sure answer, if it is likely at all."""
        likely = (one for one in self.others if one.taxon and one.probability >= WORTH_SAYING)
        return next(likely, None)

    @cached_property
    def between(self) -> list[Taxon]:
        """Return the groups that hold the likeliest guess, each wider than the one before, up to what is sure."""
        above = self._above(self.guess.taxon if self.guess else None)
        sure = self.sure.taxon if self.sure else None
        if sure:  # a guess outside of what is sure leads nowhere
            above = above[: above.index(sure)] if sure in above else []
        listed = [one.taxon for one in self.others]
        return [group for group in above if group.rank in WIDER and group not in listed]

    @cached_property
    def rungs(self) -> list[Rung]:
        """Return the way down from what everybody knows to the likeliest guess, and how far of it is sure.

        Nothing if the answer is exact, or if there is nothing to go down to.
        """
        sure = self.sure.taxon if self.sure else None
        guess = self.guess.taxon if self.guess else None
        if self.is_exact or not (sure or guess):
            return []
        way = [*self._above(guess)[::-1], guess] if guess else []
        if sure and sure not in way:  # what is sure counts, whatever the guess
            way = [*self._above(sure)[::-1], sure]
        firm = way.index(sure) if sure else -1
        return [
            Rung(taxon, is_sure=place <= firm, is_guess=taxon == guess)
            for place, taxon in enumerate(way)
            if taxon and (taxon.rank in WIDER or taxon in {sure, guess})
        ]

    def _above(self, taxon: Taxon | None) -> list[Taxon]:
        """Return the taxa above this one, the nearest first; asked of the database once for a page."""
        if taxon is None:
            return []
        if taxon.pk not in self._lines:
            self._lines[taxon.pk] = ancestors(taxon)
        return self._lines[taxon.pk]

    @cached_property
    def _lines(self) -> dict[int, list[Taxon]]:
        return {}

    @cached_property
    def look_alikes(self) -> list[Suggestion]:
        """Return the other candidates that are near relatives of the first one: what it is easily taken for."""
        first = self.sure if self.is_exact else self.guess
        if first is None or first.taxon is None:
            return []
        near = first.taxon
        return [
            one
            for one in self.others
            if one.taxon and one.taxon != near and near.family and one.taxon.family == near.family
        ]

    def offers(self, taxon: Taxon) -> bool:
        """Whether a taxon is among what the page lists anyway."""
        listed = [*self.others, *([self.sure] if self.sure else [])]
        return taxon in [*self.between, *self.members] or any(one.taxon == taxon for one in listed)


def tile_of(job: AnalysisJob) -> Tile:
    """Return what is shown of a job; `job.photo` should be loaded."""
    return tiles_of([job])[0]


def tiles_of(jobs: Sequence[AnalysisJob]) -> list[Tile]:
    """Return what is shown of jobs in their order, with as many queries however many there are."""
    done = [job for job in jobs if job.status == AnalysisJob.Status.COMPLETED]
    told = dict(zip([job.pk for job in done], outcomes(done), strict=True))
    named = [
        *(one.sure for one in told.values()),
        *(said for one in told.values() for said in one.candidates),
    ]
    names.prepare(one.taxon for one in named if one and one.taxon)
    return [Tile(job, told.get(job.pk)) for job in jobs]
