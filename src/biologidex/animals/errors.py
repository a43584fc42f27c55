"""What can be wrong with a request about animals."""

from biologidex.core.errors import Invalid


class NoSuchStatus(Invalid):
    """A conservation status that is none of the Red List's categories, or that does not say where it is from."""

    code = "no_such_status"


class NoAnimalName(Invalid):
    """A name under which no animal can be filed: junk, or nothing that is known is near it."""

    code = "no_animal_name"
