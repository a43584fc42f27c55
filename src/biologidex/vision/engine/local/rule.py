"""Turns the numbers of the networks into an answer that is as specific as they allow, and no more.

A class probability is the mean of the networks' softmaxes. At temperature 1 the networks are slightly
under-confident, which is the honest side: these are the probabilities of the candidates, and the ones that
decide whether there is an animal at all. Sharpened ones (see `Thresholds`) only pick the rank to answer at; that
answer carries the sharpened mass it passed with, because of such answers 97 % were right.
"""

from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from biologidex.vision.engine.answer import MOST_CANDIDATES, Candidate, Verdict
from biologidex.vision.engine.config import Thresholds
from biologidex.vision.engine.labels import DOG, RANKS, Label, labels

Masses = npt.NDArray[np.float64]

# What guessing among the networks' classes gives. Below it a class says nothing, but 118 breeds of such nothings
# would make the dog a candidate on every photo.
CHANCE = 1 / 1000


def softmax_mean(logits: Iterable[Masses], temperature: float) -> Masses:
    """Return the mean of the networks' softmaxes at this temperature."""
    return np.asarray(np.mean([_softmax(one / temperature) for one in logits], axis=0), np.float64)


def _softmax(logits: Masses) -> Masses:
    powers = np.exp(logits - logits.max())
    return np.asarray(powers / powers.sum(), np.float64)


class Decision:
    """What the rule makes of one picture."""

    def __init__(self, logits: Sequence[Masses], thresholds: Thresholds) -> None:
        self._thresholds = thresholds
        self._honest = softmax_mean(logits, 1.0)[_classes()]
        sharp = softmax_mean(logits, thresholds.temperature)[_classes()]
        self._sharp = sharp / sharp.sum()  # given that it is an animal
        self.animal_probability = float(self._honest.sum())

    @property
    def verdict(self) -> Verdict:
        """Is there an animal? Asked first: on a picture without one the rest would mean nothing."""
        if self.animal_probability >= self._thresholds.animal:
            return Verdict.ANIMAL
        if self.animal_probability >= self._thresholds.unsure:
            return Verdict.UNSURE
        return Verdict.NO_ANIMAL

    def taxon(self) -> Candidate | None:
        """Return the most specific taxon whose sharpened mass passes the threshold of its rank."""
        if self.verdict != Verdict.ANIMAL:
            return None
        for rank in reversed(RANKS):
            masses = self.masses(rank)
            name = max(masses, key=lambda taxon: masses[taxon])
            if masses[name] >= _threshold(rank, self._thresholds):
                return self._candidate(name, rank, _members(rank)[name], masses[name])
        return None

    def masses(self, rank: str) -> dict[str, float]:
        """Return the sharpened mass of every taxon of a rank, given that there is an animal."""
        return {name: float(self._sharp[members].sum()) for name, members in _members(rank).items()}

    def candidates(self) -> tuple[Candidate, ...]:
        """Return the most probable taxa, at most five, classes of the same taxon taken together."""
        if self.verdict == Verdict.NO_ANIMAL:
            return ()
        heard = np.where(self._honest >= CHANCE, self._honest, 0.0)
        chances = {taxon: float(heard[members].sum()) for taxon, members in _own_taxa().items()}
        best = sorted(chances, key=lambda taxon: -chances[taxon])[:MOST_CANDIDATES]
        return tuple(
            self._candidate(*taxon, _own_taxa()[taxon], chances[taxon]) for taxon in best if chances[taxon]
        )

    def _candidate(self, name: str, rank: str, members: list[int], chance: float) -> Candidate:
        """Describe a taxon by its heaviest class, as far as that class stands for it."""
        shares = self._sharp[members] / self._sharp[members].sum()
        label = _living()[members[int(shares.argmax())]]
        most_of_it = bool(shares.max() >= self._thresholds.breed)
        is_it = (label.scientific_name, label.rank) == (name, rank)
        return Candidate(
            scientific_name=name,
            rank=rank,
            common_name=label.common_name if is_it and (most_of_it or name == DOG) else "",
            probability=chance,
            ncbi_taxid=label.ncbi_taxid if is_it else None,
            breed=label.breed if is_it and most_of_it else "",
        )


def _threshold(rank: str, thresholds: Thresholds) -> float:
    """A subspecies (the tame forms) is as hard to be sure of as a species."""
    field = {"class": "class_", "subspecies": "species"}.get(rank, rank)
    return float(getattr(thresholds, field))


@cache
def _living() -> tuple[Label, ...]:
    return tuple(label for label in labels() if label.living)


@cache
def _classes() -> npt.NDArray[np.intp]:
    """Return the networks' class numbers of the living labels, in the order of `_living`."""
    return np.array([label.index for label in _living()], np.intp)


@cache
def _members(rank: str) -> dict[str, list[int]]:
    """Return, for every taxon of this rank, which labels lie in it."""
    members: dict[str, list[int]] = {}
    for position, label in enumerate(_living()):
        if rank in label.lineage:
            members.setdefault(label.lineage[rank], []).append(position)
    return members


@cache
def _own_taxa() -> dict[tuple[str, str], list[int]]:
    """Return, for every taxon that labels stand at, those labels."""
    members: dict[tuple[str, str], list[int]] = {}
    for position, label in enumerate(_living()):
        members.setdefault((label.scientific_name, label.rank), []).append(position)
    return members
