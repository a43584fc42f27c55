"""Trees as pages read them: the outline as a whole, in parts for scripts, by names."""

import gzip
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from biologidex.animals.keys import asked, fold
from biologidex.animals.selectors import vernaculars
from biologidex.graph.finds import finds_of
from biologidex.graph.keeping import kept, packed, unpacked
from biologidex.graph.outline import ROOT, Outline, levels, outlined
from biologidex.graph.scope import Scope
from biologidex.graph.selectors import NOT_MEANT, standing
from biologidex.graph.tree import grow

PART = (
    3000  # nodes in one answer: some 40 kB packed, so that even a slow line shows something within a second
)
PACKING = 6
ENGLISH = "en"  # is what animals are called without being looked up
AT_ONCE = 5000  # animals whose names are asked for in one query


@dataclass(frozen=True)
class Part:
    """A part of an outline as it is sent: JSON, packed with gzip. `mark` is that of the whole."""

    mark: str
    packed: bytes

    @property
    def content(self) -> bytes:
        """Return the JSON, for whoever cannot unpack it."""
        return gzip.decompress(self.packed)


def outline_for(scope: Scope, language: str = ENGLISH) -> Outline:
    """Return the outline of a scope's tree. Animals are called what they are in a language, as far as that is known."""
    told = orjson.loads(
        unpacked(kept(scope, f"outline-since-{language}", lambda: _outlined(scope, language)))
    )
    return Outline(told["mark"], told["rows"])


def part_for(scope: Scope, number: int, language: str = ENGLISH) -> Part | None:
    """Return one part of the outline; the first tells how many there are. Behind the last there is none."""
    mark, parts = kept(scope, f"parts-since-{language}", lambda: _parts(outline_for(scope, language)))
    return Part(mark, parts[number]) if number < len(parts) else None


def named(
    scope: Scope, outline: Outline, text: str, *, limit: int, language: str = ENGLISH
) -> tuple[list[int], int]:
    """Return where the nodes are that somebody may mean by these words, best first, and how many there are in all."""
    question = asked(text)
    if not question:
        return [], 0
    found = []
    for index, own in enumerate(_names_of(scope, outline, language)):
        stands = min((standing(question, name) for name in own), default=NOT_MEANT)
        if stands < NOT_MEANT:
            # Of equals people mean what they found, and of groups the larger one.
            found.append((stands, bool(outline.rows[index][5]), -outline.rows[index][4], index))
    return [index for *_, index in sorted(found)[:limit]], len(found)


def _outlined(scope: Scope, language: str) -> bytes:
    finds = finds_of(scope)
    if language != ENGLISH:
        _translate(finds.animals, language)
    rows = [list(row) for row in outlined(grow(finds, scope))]
    content = orjson.dumps(rows)
    # Made of what is told alone: the version of the scope would tell the viewer of cards they may not see.
    mark = hashlib.sha256(b"%d %b" % (scope.generation, content)).hexdigest()[:32]
    return packed(orjson.dumps({"mark": mark, "rows": rows}))


def _translate(animals: list[dict[str, Any]], language: str) -> None:
    for start in range(0, len(animals), AT_ONCE):
        some = animals[start : start + AT_ONCE]
        names = vernaculars([animal["taxon"] for animal in some], language=language)
        for animal in some:
            animal["common_name"] = names.get(animal["taxon"]) or animal["common_name"]


def _parts(outline: Outline) -> tuple[str, list[bytes]]:
    rows = outline.rows
    cuts: list[Sequence[Any]] = [rows[start : start + PART] for start in range(0, len(rows), PART)]
    shared = {"mark": outline.mark, "nodes": len(rows), "parts": len(cuts)}
    ranks = {"ranks": levels()}
    return outline.mark, [
        gzip.compress(orjson.dumps({**shared, **({} if number else ranks), "rows": cut}), PACKING, mtime=0)
        for number, cut in enumerate(cuts)
    ]


def _names_of(scope: Scope, outline: Outline, language: str) -> list[list[str]]:
    told = kept(scope, f"names-{language}", lambda: packed(orjson.dumps([outline.mark, _names(outline)])))
    mark, names = orjson.loads(unpacked(told))
    return names if mark == outline.mark else _names(outline)


def _names(outline: Outline) -> list[list[str]]:
    return [
        [fold(name) for name in (row[2], row[3]) if name] if index != ROOT else []
        for index, row in enumerate(outline.rows)
    ]
