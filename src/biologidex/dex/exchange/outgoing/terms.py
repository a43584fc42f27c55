"""What the columns of a Darwin Core archive mean, and the file that says so (meta.xml)."""

from xml.sax.saxutils import quoteattr

DWC, DCTERMS = "http://rs.tdwg.org/dwc/terms/", "http://purl.org/dc/terms/"
OCCURRENCE = {
    "occurrenceID": DWC,
    "basisOfRecord": DWC,
    "occurrenceStatus": DWC,
    "modified": DCTERMS,
    "datasetName": DWC,
    "catalogNumber": DWC,
    "references": DCTERMS,
    "license": DCTERMS,
    "rightsHolder": DCTERMS,
    "accessRights": DCTERMS,
    "informationWithheld": DWC,
    "dataGeneralizations": DWC,
    "recordedBy": DWC,
    "occurrenceRemarks": DWC,
    "degreeOfEstablishment": DWC,
    "eventDate": DWC,
    "eventTime": DWC,
    "verbatimLocality": DWC,
    "decimalLatitude": DWC,
    "decimalLongitude": DWC,
    "coordinateUncertaintyInMeters": DWC,
    "geodeticDatum": DWC,
    "identifiedBy": DWC,
    "dateIdentified": DWC,
    "identificationVerificationStatus": DWC,
    "identificationRemarks": DWC,
    "verbatimIdentification": DWC,
    "taxonID": DWC,
    "scientificName": DWC,
    "taxonRank": DWC,
    "vernacularName": DWC,
    "nameAccordingTo": DWC,
    "nomenclaturalCode": DWC,
    "kingdom": DWC,
    "phylum": DWC,
    "class": DWC,
    "order": DWC,
    "family": DWC,
    "genus": DWC,
}
MULTIMEDIA = dict.fromkeys(
    (
        "type",
        "format",
        "identifier",
        "references",
        "created",
        "creator",
        "publisher",
        "license",
        "rightsHolder",
    ),
    DCTERMS,
)


def meta_xml() -> bytes:
    """Return the description of both tables."""
    tables = [
        _table("core", "id", f"{DWC}Occurrence", "occurrence.txt", OCCURRENCE),
        _table(
            "extension", "coreid", "http://rs.gbif.org/terms/1.0/Multimedia", "multimedia.txt", MULTIMEDIA
        ),
    ]
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<archive xmlns="http://rs.tdwg.org/dwc/text/" metadata="eml.xml">',
        *tables,
        "</archive>",
    ]
    return "\n".join(lines).encode() + b"\n"


def _table(kind: str, key: str, row_type: str, file: str, terms: dict[str, str]) -> str:
    fields = "\n".join(
        f"    <field index={quoteattr(str(index))} term={quoteattr(namespace + name)}/>"
        for index, (name, namespace) in enumerate(terms.items(), start=1)
    )
    return (
        f'  <{kind} encoding="UTF-8" fieldsTerminatedBy="\\t" linesTerminatedBy="\\n" fieldsEnclosedBy=""'
        f' ignoreHeaderLines="1" rowType={quoteattr(row_type)}>\n'
        f"    <files><location>{file}</location></files>\n"
        f'    <{key} index="0"/>\n{fields}\n  </{kind}>'
    )


def line(values: "list[str]") -> bytes:
    """Return one line of a table. Tables of an archive have no quotes, so blanks of all kinds become one blank."""
    return ("\t".join(" ".join(value.split()) for value in values) + "\n").encode()
