"""docs/audit-map.md tells the truth about where the audit's promises are held."""

import re
from pathlib import Path

TOP = Path(__file__).parents[2]
MAP = (TOP / "docs" / "audit-map.md").read_text(encoding="utf-8")
# What an operator is promised, as docs/audit-map.md names it: "2.1a-d" is four of them.
OPERATION = {
    "E": (1, 2, 3, *range(11, 20)),
    "A": range(1, 20),
    "F": (27, 28, 38, 45),
    "2.1": "abcdefghij",
    "2.2": "abcdefghi",
    "3.1": "abcd",
    "8.1": "abcdef",
    "8.2": "abcdef",
    "8.3": "abcde",
    "8.4": "abcdef",
    "9.1": "abcdefgh",
    "9.2": "abcdef",
    "10.1": "a",
    "11.": (1, 2, 4, 5, *range(10, 16)),
    "12.2": "abcdefgh",
}


def test_every_row_of_operation_is_named() -> None:
    first = re.findall(r"^\| ([^|]+) \|", MAP, re.MULTILINE)
    named = {row for cell in first for word in cell.split(", ") for row in _rows(word)}

    wanted = {f"{section}{row}" for section, rows in OPERATION.items() for row in rows}
    assert sorted(wanted - named) == []


def _rows(word: str) -> list[str]:
    """Return what a word of the first column stands for: `2.1a-c` for 2.1a, 2.1b and 2.1c."""
    if between := re.fullmatch(r"([\d.]+)([a-z])-([a-z])", word):
        section, first, last = between.groups()
        return [section + chr(letter) for letter in range(ord(first), ord(last) + 1)]
    return [word]


def test_every_test_that_is_named_exists() -> None:
    named = re.findall(r"`([\w/]+\.py)::(\w+)`", MAP)
    written = {file: (TOP / "tests" / file).read_text(encoding="utf-8") for file, _ in named}

    assert len(named) > 100
    assert [f"{file}::{name}" for file, name in named if f"def {name}(" not in written[file]] == []


def test_every_file_that_is_named_exists() -> None:
    here = "".join(line for line in MAP.splitlines(keepends=True) if "not yet" not in line)
    named = re.findall(r"`((?:benchmarks|deploy|docs|scripts|src|tests)/[\w./-]+)`", here)

    assert named
    assert [name for name in named if not (TOP / name).exists()] == []
