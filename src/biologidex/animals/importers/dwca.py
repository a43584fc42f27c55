"""Darwin Core archives of taxa (https://dwc.tdwg.org/text/): a core of names and what people call them."""

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from biologidex.animals.errors import BadArchive
from biologidex.animals.importers.archives import Files, Layout, Usage, is_synonym

META = "meta.xml"
SPACE = "{http://rs.tdwg.org/dwc/text/}"
TAXON = "http://rs.tdwg.org/dwc/terms/Taxon"
VERNACULAR = "http://rs.gbif.org/terms/1.0/VernacularName"
ENGLISH = frozenset({"en", "eng", "english"})
ESCAPES = {"\\t": "\t", "\\n": "\n", "\\r": "\r"}


class DarwinCore:
    """An opened Darwin Core archive."""

    def __init__(self, files: Files) -> None:
        self._files = files
        try:
            with files.text(files.find(META)) as text:
                meta = ET.fromstring(text.read())  # noqa: S314 -- the operator's own file
        except ET.ParseError as error:
            raise BadArchive(f"{META}, line {error.position[0]}: no XML that can be read.") from error
        core = meta.find(f"{SPACE}core")
        if core is None or core.get("rowType") != TAXON:
            raise BadArchive(f"{META}: the core of this archive holds no taxa.")
        self._names = self._layout(core, key="id")
        for term in ("scientificname", "taxonrank"):
            self._names.column(term)
        extensions = [one for one in meta.findall(f"{SPACE}extension") if one.get("rowType") == VERNACULAR]
        self._vernaculars = self._layout(extensions[0], key="coreid") if extensions else None

    def _layout(self, table: ET.Element, *, key: str) -> Layout:
        """Read how a table is written. Raises BadArchive if its file is not there."""
        location = table.findtext(f"{SPACE}files/{SPACE}location") or ""
        file = self._files.find(location.rpartition("/")[2]) if location else ""
        if not file:
            raise BadArchive(f"{META} names the file {location or '(none)'}, which is missing.")
        identifier = table.find(f"{SPACE}{key}")
        columns = {"id": int(identifier.get("index", "0"))} if identifier is not None else {}
        for field in table.findall(f"{SPACE}field"):
            if (index := field.get("index")) is not None:
                columns[field.get("term", "").rpartition("/")[2].lower()] = int(index)
        columns.setdefault("id", columns.get("taxonid", 0))
        delimiter = table.get("fieldsTerminatedBy", "\\t")
        return Layout(
            file,
            columns,
            delimiter=ESCAPES.get(delimiter, delimiter) or "\t",
            quote=table.get("fieldsEnclosedBy", ""),
            encoding=table.get("encoding", "utf-8"),
            header_lines=int(table.get("ignoreHeaderLines", "0")),
        )

    def usages(self) -> Iterator[Usage]:
        """Give every row that uses a name."""
        names = self._names
        parent, accepted = names.columns.get("parentnameusageid"), names.columns.get("acceptednameusageid")
        status, authorship = (
            names.columns.get("taxonomicstatus"),
            names.columns.get("scientificnameauthorship"),
        )

        def cell(row: list[str], place: int | None) -> str:
            return row[place].strip() if place is not None and place < len(row) else ""

        for line, row in self._files.rows(
            names, least=max(names.column("scientificname"), names.column("id"))
        ):
            identifier, meant = cell(row, names.column("id")), cell(row, accepted)
            synonym = is_synonym(cell(row, status)) or bool(meant and meant != identifier)
            yield Usage(
                line=line,
                id=identifier,
                parent=meant if synonym else cell(row, parent),
                rank=cell(row, names.column("taxonrank")).lower(),
                name=cell(row, names.column("scientificname")),
                authorship=cell(row, authorship),
                is_synonym=synonym,
            )

    def vernaculars(self) -> Iterator[tuple[str, str]]:
        """Give the English names."""
        layout = self._vernaculars
        if layout is None or "language" not in layout.columns:
            return
        key, text, language = (layout.column(column) for column in ("id", "vernacularname", "language"))
        for _, row in self._files.rows(layout, least=max(key, text, language)):
            if row[language].strip().lower() in ENGLISH:
                yield row[key].strip(), row[text].strip()
