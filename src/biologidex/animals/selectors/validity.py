"""Whether a text is the name of an animal."""

from dataclasses import dataclass

from biologidex.animals.models import Taxon, TaxonName
from biologidex.animals.nomenclature import is_plausible, normal
from biologidex.animals.selectors.lexicon import nearly
from biologidex.animals.selectors.search import taxon_named


@dataclass(frozen=True)
class Verdict:
    """What a name is. `taxon` is the accepted one that it means, if it means one."""

    reason: str
    taxon: Taxon | None = None

    @property
    def is_valid(self) -> bool:
        """Whether it names something that is known."""
        return self.reason in {"accepted", "synonym"}


def judged(name: str) -> Verdict:
    """Say whether a name is accepted, a synonym, nearly the name of something, unknown, or no scientific name."""
    written = normal(name)
    taxon = taxon_named(written)
    if taxon is not None:
        return Verdict("accepted" if taxon.scientific_name == written else "synonym", taxon)
    if not is_plausible(written):
        return Verdict("not_a_name")
    meant = nearly(written)
    return Verdict("misspelled", meant) if meant else Verdict("unknown")


def is_called(taxon: Taxon, common_name: str) -> bool:
    """Whether people call a taxon so."""
    names = TaxonName.objects.filter(taxon=taxon, kind=TaxonName.Kind.VERNACULAR)
    return names.filter(name__iexact=" ".join(common_name.split())).exists()
