"""What the archive is about as a whole, in the Ecological Metadata Language (EML 2.2)."""

from datetime import datetime
from xml.etree import ElementTree as ET  # it only writes here

from biologidex.dex.exchange.outgoing.licences import address_of

EML = "https://eml.ecoinformatics.org/eml-2.2.0"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
ABOUT = (
    "Finds of animals that one person has photographed or listed. Each record is one animal in this person's "
    "collection, with the day and place of its first find as far as these are known and may be told. A person has "
    "confirmed every identification; where a program suggested it, identificationRemarks names the program."
)
PLACES = (
    "Places are told as anybody may know them. Where the observer wishes it, or where the animal would be harmed, "
    "they are the centre of a cell of a fixed grid or left out; dataGeneralizations and informationWithheld say so."
)
NO_LICENCE = "No one licence covers all records: each names its own in the column license, or none."
UNSAFE = dict.fromkeys(range(32), " ")  # XML has no way to write these


def eml_xml(*, person: str, site: str, license: str, at: datetime, package: str) -> bytes:  # noqa: A002
    """Return the document. `license` covers all records; blank if none does."""
    ET.register_namespace("eml", EML)
    ET.register_namespace("xsi", INSTANCE)
    root = ET.Element(
        f"{{{EML}}}eml",
        {
            f"{{{INSTANCE}}}schemaLocation": f"{EML} https://eml.ecoinformatics.org/eml-2.2.0/eml.xsd",
            "packageId": package,
            "system": site,
            "scope": "system",
            LANGUAGE: "en",
        },
    )
    dataset = ET.SubElement(root, "dataset")
    _text(dataset, "title", f"Animals found by {person}").set(LANGUAGE, "en")
    _party(dataset, "creator", person)
    _party(dataset, "metadataProvider", person)
    _text(dataset, "pubDate", at.date().isoformat())
    _text(dataset, "language", "en")
    abstract = ET.SubElement(dataset, "abstract")
    _text(abstract, "para", ABOUT)
    _text(abstract, "para", PLACES)
    rights = ET.SubElement(dataset, "intellectualRights")
    if license:
        paragraph = _text(rights, "para", "All records can be passed on under ")
        link = ET.SubElement(paragraph, "ulink", {"url": address_of(license)})
        _text(link, "citetitle", license)
    else:
        _text(rights, "para", NO_LICENCE)
    distribution = ET.SubElement(ET.SubElement(dataset, "distribution", {"scope": "document"}), "online")
    _text(distribution, "url", site).set("function", "information")
    _party(dataset, "contact", person)
    written: bytes = ET.tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + written + b"\n"


def _text(parent: ET.Element, name: str, text: str) -> ET.Element:
    made = ET.SubElement(parent, name)
    made.text = text.translate(UNSAFE)
    return made


def _party(dataset: ET.Element, role: str, person: str) -> None:
    """Name the person. Their address of e-mail is nobody else's business."""
    named = ET.SubElement(ET.SubElement(dataset, role), "individualName")
    _text(named, "surName", person)
