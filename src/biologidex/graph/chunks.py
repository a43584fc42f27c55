"""The drawing cut into square cells, so that a program can load the part that it shows."""

from collections import defaultdict
from collections.abc import Iterator
from math import floor
from typing import Any

SIZE = 2048
Cell = tuple[int, int]
Point = list[float]


def cell_of(point: Point) -> Cell:
    """Return the cell that a point is in."""
    return floor(point[0] / SIZE), floor(point[1] / SIZE)


def bounds_of(cell: Cell) -> list[int]:
    """Return the left, upper, right and lower edge of a cell."""
    x, y = cell
    return [x * SIZE, y * SIZE, (x + 1) * SIZE, (y + 1) * SIZE]


def crossed(start: Point, end: Point) -> Iterator[Cell]:
    """Give every cell that a straight line runs through, column by column."""
    (x, y), (last_x, last_y) = sorted((start, end))
    first, last = floor(x / SIZE), floor(last_x / SIZE)
    slope = (last_y - y) / (last_x - x) if last_x > x else 0.0
    for column in range(first, last + 1):
        enters = y if column == first else y + slope * (column * SIZE - x)
        leaves = last_y if column == last else y + slope * ((column + 1) * SIZE - x)
        low, high = sorted((floor(enters / SIZE), floor(leaves / SIZE)))
        yield from ((column, row) for row in range(low, high + 1))


def chunk(cell: Cell, nodes: list[dict[str, Any]], edges: list[dict[str, Any]]) -> dict[str, Any]:
    """Return one cell: the nodes in it, and the edges that run through it with the points that they join."""
    return {
        "x": cell[0],
        "y": cell[1],
        "bounds": bounds_of(cell),
        "chunk_size": {"width": SIZE, "height": SIZE},
        "nodes": nodes,
        "edges": edges,
        "counts": {"nodes": len(nodes), "edges": len(edges)},
    }


def cut(drawing: dict[str, Any]) -> dict[Cell, dict[str, Any]]:
    """Cut a drawing. Every node is in one cell; an edge is in each cell that it runs through."""
    positions = drawing["layout"]["positions"]
    nodes: defaultdict[Cell, list[dict[str, Any]]] = defaultdict(list)
    edges: defaultdict[Cell, list[dict[str, Any]]] = defaultdict(list)
    for node in drawing["nodes"]:
        nodes[cell_of(node["position"])].append(node)
    for edge in drawing["edges"]:
        line = [positions[edge["source"]], positions[edge["target"]]]
        for cell in crossed(*line):
            edges[cell].append({**edge, "points": line})
    return {cell: chunk(cell, nodes[cell], edges[cell]) for cell in sorted({*nodes, *edges})}
