"""Reads a language model's answer to `prompt.py`. It trusts nothing: models and servers break promises."""

import json
import re
from dataclasses import dataclass
from typing import Any

from biologidex.vision.engine.answer import MOST_CANDIDATES, Candidate, Verdict
from biologidex.vision.engine.config import Thresholds
from biologidex.vision.engine.prompt import RANKS

SURE = 0.9  # what the prompt asks of `certain`
# A name of a taxon: capitalised, then letters of any alphabet, hyphens, full stops and the hybrid's cross.
SCIENTIFIC_NAME = re.compile(r"[A-Z][\w.\u00d7-]+(?: [\w.\u00d7-]+){0,4}")
LONGEST_NAME = 100


class NotAsAgreed(Exception):
    """The answer is not JSON, or not of the agreed shape."""


@dataclass(frozen=True)
class Parsed:
    """The answer in the engine's words."""

    verdict: Verdict
    taxon: Candidate | None
    candidates: tuple[Candidate, ...]
    animal_probability: float


def parse(text: str, thresholds: Thresholds) -> Parsed:
    """Return what the model said. Raises NotAsAgreed when it did not keep to the schema.

    Candidates without a plausible scientific name ("unknown", "a bird") are dropped. Chances that sum to more
    than 1 contradict each other and are scaled down together.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotAsAgreed("It is not JSON.") from error
    chance = _probability(_field(data, "animal_probability", int | float))
    verdict = _verdict(chance, thresholds)
    candidates = _candidates(_field(data, "candidates", list))
    certain = _field(data, "certain", dict | None)
    sure = _candidate(certain) if certain is not None else None
    if verdict != Verdict.ANIMAL or (sure and sure.probability < SURE):
        sure = None
    return Parsed(verdict, sure, () if verdict == Verdict.NO_ANIMAL else candidates, chance)


def _verdict(chance: float, thresholds: Thresholds) -> Verdict:
    if chance >= thresholds.animal:
        return Verdict.ANIMAL
    return Verdict.UNSURE if chance >= thresholds.unsure else Verdict.NO_ANIMAL


def _candidates(items: list[Any]) -> tuple[Candidate, ...]:
    """Return the best five, each taxon once."""
    best: dict[tuple[str, str], Candidate] = {}
    for item in items:
        candidate = _candidate(item)
        if candidate and candidate.probability > _chance(
            best.get((candidate.scientific_name, candidate.rank))
        ):
            best[candidate.scientific_name, candidate.rank] = candidate
    ranked = sorted(best.values(), key=lambda candidate: -candidate.probability)[:MOST_CANDIDATES]
    total = max(1.0, sum(candidate.probability for candidate in ranked))
    return tuple(_scaled(candidate, total) for candidate in ranked)


def _chance(candidate: Candidate | None) -> float:
    return candidate.probability if candidate else -1.0


def _scaled(candidate: Candidate, total: float) -> Candidate:
    return Candidate(**{**vars(candidate), "probability": candidate.probability / total})


def _candidate(item: Any) -> Candidate | None:
    name = _words(_field(item, "scientific_name", str))
    rank = _field(item, "rank", str)
    if rank not in RANKS:
        raise NotAsAgreed(f"There is no rank {rank[:20]!r}.")
    common_name = _field(item, "common_name", str | None) or ""
    breed = _field(item, "breed", str | None) or ""
    confidence = _probability(_field(item, "confidence", int | float))
    if len(name) > LONGEST_NAME or not SCIENTIFIC_NAME.fullmatch(name):
        return None
    return Candidate(
        scientific_name=name,
        rank=rank,
        common_name=_words(common_name)[:LONGEST_NAME],
        probability=confidence,
        breed=_words(breed)[:LONGEST_NAME],
    )


def _words(text: str) -> str:
    """Return the text on one line, without control characters and halves of characters."""
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())


def _probability(value: float) -> float:
    if isinstance(value, bool) or not 0.0 <= value <= 1.0:
        raise NotAsAgreed("A probability does not lie between 0 and 1.")
    return float(value)


def _field(data: Any, name: str, kind: Any) -> Any:
    """Return a field of a JSON object if it is there and of this kind."""
    if not isinstance(data, dict) or name not in data or not isinstance(data[name], kind):
        raise NotAsAgreed(f"Its field {name} is missing or of the wrong kind.")
    return data[name]
