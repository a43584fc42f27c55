"""What can be wrong with a request about animals."""

from biologidex.core.errors import Invalid


class NoSuchStatus(Invalid):
    """A conservation status that is none of the Red List's categories, or that does not say where it is from."""

    code = "no_such_status"


class NoAnimalName(Invalid):
    """A name under which no animal can be filed: junk, or nothing that is known is near it."""

    code = "no_animal_name"


class BadArchive(Invalid):
    """An archive of names that cannot be read; the sentence names the file and the line."""

    code = "bad_archive"


class OlderVersion(Invalid):
    """An older version of a backbone than the one that is here."""

    code = "older_version"


class BadTaxon(Invalid):
    """What staff want to make of an animal cannot be: its name or place is the taxonomy's, or somebody else's."""

    code = "bad_taxon"
