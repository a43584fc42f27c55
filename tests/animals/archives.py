"""Small archives of names in both formats, written as their publishers write them."""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

META = """<?xml version="1.0" encoding="UTF-8"?>
<archive xmlns="http://rs.tdwg.org/dwc/text/">
  <core encoding="UTF-8" fieldsTerminatedBy="\\t" linesTerminatedBy="\\n" fieldsEnclosedBy="" ignoreHeaderLines="1"
        rowType="http://rs.tdwg.org/dwc/terms/Taxon">
    <files><location>taxon.txt</location></files>
    <id index="0"/>
    <field index="0" term="http://rs.tdwg.org/dwc/terms/taxonID"/>
    <field index="1" term="http://rs.tdwg.org/dwc/terms/parentNameUsageID"/>
    <field index="2" term="http://rs.tdwg.org/dwc/terms/acceptedNameUsageID"/>
    <field index="3" term="http://rs.tdwg.org/dwc/terms/taxonomicStatus"/>
    <field index="4" term="http://rs.tdwg.org/dwc/terms/taxonRank"/>
    <field index="5" term="http://rs.tdwg.org/dwc/terms/scientificName"/>
  </core>
  <extension encoding="UTF-8" fieldsTerminatedBy="\\t" linesTerminatedBy="\\n" fieldsEnclosedBy="" ignoreHeaderLines="1"
             rowType="http://rs.gbif.org/terms/1.0/VernacularName">
    <files><location>vernacular.txt</location></files>
    <coreid index="0"/>
    <field index="1" term="http://rs.tdwg.org/dwc/terms/vernacularName"/>
    <field index="2" term="http://purl.org/dc/terms/language"/>
  </extension>
</archive>
"""


@dataclass(frozen=True)
class Name:
    """A row: an accepted name below its parent, or a synonym of an accepted one."""

    id: str
    parent: str
    rank: str
    name: str
    status: str = "accepted"


WORLD = (
    Name("A", "", "kingdom", "Animalia"),
    Name("C", "A", "phylum", "Chordata"),
    Name("M", "C", "class", "Mammalia"),
    Name("F", "M", "family", "Canidae"),
    Name("G", "F", "genus", "Canis"),
    Name("1", "G", "species", "Canis lupus Linnaeus, 1758"),
    Name("2", "G", "species", "Canis latrans Say, 1823"),
    Name("1s", "1", "species", "Canis nubilus Say, 1823", "synonym"),
)
ENGLISH = (("1", "Timber wolf", "eng"), ("2", "Prairie wolf", "eng"), ("1", "Wolf", "deu"))


def coldp(
    place: Path, names: Sequence[Name] = WORLD, english: Sequence[tuple[str, str, str]] = ENGLISH
) -> Path:
    """Write a ColDP archive."""
    lines = ["col:ID\tcol:parentID\tcol:status\tcol:rank\tcol:scientificName"]
    lines += [f"{one.id}\t{one.parent}\t{one.status}\t{one.rank}\t{one.name}" for one in names]
    said = ["col:taxonID\tcol:name\tcol:language", *("\t".join(row) for row in english)]
    return _zipped(place, {"NameUsage.tsv": lines, "VernacularName.tsv": said})


def dwca(
    place: Path, names: Sequence[Name] = WORLD, english: Sequence[tuple[str, str, str]] = ENGLISH
) -> Path:
    """Write a Darwin Core archive."""
    lines = ["taxonID\tparentNameUsageID\tacceptedNameUsageID\ttaxonomicStatus\ttaxonRank\tscientificName"]
    for one in names:
        above, meant = ("", one.parent) if one.status == "synonym" else (one.parent, "")
        lines.append(f"{one.id}\t{above}\t{meant}\t{one.status}\t{one.rank}\t{one.name}")
    said = ["taxonID\tvernacularName\tlanguage", *("\t".join(row) for row in english)]
    return _zipped(place, {"meta.xml": META.split("\n"), "taxon.txt": lines, "vernacular.txt": said})


def _zipped(place: Path, files: dict[str, list[str]]) -> Path:
    with zipfile.ZipFile(place, "w") as archive:
        for name, lines in files.items():
            archive.writestr(name, "\n".join(lines) + "\n")
    return place
