"""Catalogue of Life Data Packages (ColDP 1.0: https://catalogueoflife.github.io/coldp/), with names in NameUsage."""

from collections.abc import Iterator

from biologidex.animals.errors import BadArchive
from biologidex.animals.importers.archives import Files, Layout, Usage, header, is_synonym

NAMES = ("NameUsage.tsv", "NameUsage.txt", "NameUsage.csv")
VERNACULARS = ("VernacularName.tsv", "VernacularName.txt", "VernacularName.csv")
ENGLISH = frozenset({"en", "eng", "english"})
NEEDED = ("id", "parentid", "status", "scientificname", "rank")


class ColDP:
    """An opened ColDP archive."""

    def __init__(self, files: Files) -> None:
        self._files = files
        name = files.find(*NAMES)
        if not name:
            raise BadArchive("A ColDP archive has its names in NameUsage.tsv; that file is missing.")
        self._names = header(files, name)
        for column in NEEDED:
            self._names.column(column)

    def usages(self) -> Iterator[Usage]:
        """Give every row that uses a name."""
        at = {column: self._names.column(column) for column in NEEDED}
        authorship = self._names.columns.get("authorship")
        for line, row in self._files.rows(self._names, least=max(at.values())):
            yield Usage(
                line=line,
                id=row[at["id"]].strip(),
                parent=row[at["parentid"]].strip(),
                rank=row[at["rank"]].strip().lower(),
                name=row[at["scientificname"]].strip(),
                authorship=row[authorship].strip()
                if authorship is not None and authorship < len(row)
                else "",
                is_synonym=is_synonym(row[at["status"]]),
            )

    def vernaculars(self) -> Iterator[tuple[str, str]]:
        """Give the English names."""
        name = self._files.find(*VERNACULARS)
        if not name:
            return
        layout: Layout = header(self._files, name)
        taxon, text, language = (layout.column(column) for column in ("taxonid", "name", "language"))
        for _, row in self._files.rows(layout, least=max(taxon, text, language)):
            if row[language].strip().lower() in ENGLISH:
                yield row[taxon].strip(), row[text].strip()
