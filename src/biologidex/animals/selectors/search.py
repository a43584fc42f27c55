"""Finding a taxon by what somebody types, or by what a model answers."""

from collections.abc import Iterator

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When

from biologidex.animals.keys import ENGLISH, Place, asked, fold, singular
from biologidex.animals.models import Animal, SearchKey, Taxon, TaxonName

SHORT = 2  # of so few letters an index keeps the best in order: too many keys begin with them to be sorted
MANY = 500  # how far two questions are followed to find what fits both
THREE_PARTS = len(("genus", "species", "subspecies"))
KEYS_PER_TAXON = 4  # one taxon may be met under several of its names
ENGLISH_FIRST = F("language").asc(nulls_first=True)


def search_taxa(text: str, *, limit: int = 20, language: str = "") -> list[Taxon]:
    """Return the taxa that somebody may mean by these words, best first.

    Every word may be cut short, in any order, from a scientific name or one in any language. First come the taxa with
    exactly this name, then those whose name starts with it or ends in it ("maned wolf" for "wolf"), then the
    others; among equals the better known. A plural counts as its singular. Names in the `language` of who asks come
    before all others, then English and Latin ones, so that a letter does not find bees as `abejas` for everybody:
    of one or two letters further languages are left out, but for names that are no longer.
    """
    question = asked(text)
    if not question or limit < 1:
        return []
    found: dict[int, None] = {}
    for hits in _hits(question, language):
        found |= dict.fromkeys(hits[: limit * KEYS_PER_TAXON])
        if len(found) >= limit:
            break
    if not found and singular(question) != question:
        return search_taxa(singular(question), limit=limit, language=language)
    best = list(found)[:limit]
    taxa = Taxon.objects.select_related("accepted").in_bulk(best)
    return list(dict.fromkeys(taxa[pk].accepted or taxa[pk] for pk in best))


def search_parts(
    *, q: str = "", genus: str = "", species: str = "", common_name: str = "", limit: int = 20
) -> list[Taxon]:
    """Return the taxa that fit every part given: free words, a scientific name in two parts, an English name."""
    questions = [text for text in (q, f"{genus} {species}", common_name) if text.strip()]
    if not questions:
        return []
    first, *others = questions
    taxa = search_taxa(first, limit=MANY if others else limit)
    for text in others:
        fitting = {taxon.pk for taxon in search_taxa(text, limit=MANY)}
        taxa = [taxon for taxon in taxa if taxon.pk in fitting]
    return taxa[:limit]


def _hits(question: str, language: str = "") -> Iterator["QuerySet[SearchKey, int]"]:
    """Give the keys that fit, the best kind first, as queries for their taxa."""
    keys = SearchKey.objects.values_list("taxon_id", flat=True)
    if language not in ENGLISH:
        exact = When(key=question, then=Value(-1))
        own = keys.filter(language=language, key__begins=question)
        yield own.order_by(_kind(question, exact), "standing")
    yield keys.filter(key__in={question, singular(question)}).order_by(ENGLISH_FIRST, "standing")
    yield _beginning(keys, question)
    words = question.split()
    if len(words) > 1:
        rarest = max(words, key=len)
        words.remove(rarest)
        others = Q(*(Q(key__contains=f" {word}") for word in words))
        yield _beginning(keys, rarest).filter(others)


def _beginning(keys: "QuerySet[SearchKey, int]", text: str) -> "QuerySet[SearchKey, int]":
    if len(text) <= SHORT:
        short = Q(one=text) if len(text) == 1 else Q(two=text)
        return keys.filter(short, language=None).order_by("place", "standing")
    foreign = When(language__isnull=False, then=Value(3))
    return keys.filter(key__begins=text).order_by(_kind(text, foreign), "standing")


def _kind(text: str, *before: When) -> Case:
    """Return the order of keys that begin with a text: those first that have it as their first or last word."""
    return Case(
        *before,
        When(Q(key__begins=f"{text} ", place__lt=Place.BETWEEN) | Q(key=text), then=Value(0)),
        When(place=Place.FIRST, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )


def taxon_for(*, scientific_name: str, rank: str = "", ncbi_taxid: int | None = None) -> Taxon | None:
    """Return the taxon that a scientific name means, or None if it means none that we know.

    Of several with one name (Drosophila is a genus and a subgenus) the NCBI number decides, then the rank, then
    whether the name is the accepted one. A number counts for itself only if the name is unknown. Without one, an
    unknown name of three parts is tried as its species. A synonym means the accepted taxon.
    """
    known = taxon_named(scientific_name, rank=rank, ncbi_taxid=ncbi_taxid)
    words = _words(scientific_name)
    if known is None and ncbi_taxid:
        numbered = Taxon.objects.filter(source=Taxon.Source.NCBI, source_id=str(ncbi_taxid))
        return numbered.first()
    if known is None and len(words) == THREE_PARTS:
        return taxon_named(" ".join(words[:2]))
    return known


def taxon_named(scientific_name: str, *, rank: str = "", ncbi_taxid: int | None = None) -> Taxon | None:
    """Return the taxon that has this very scientific name, accepted or not; chosen as in `taxon_for`.

    A name of three parts may lack its middle, as domestic animals are often written: Equus ferus caballus.
    """
    words = _words(scientific_name)
    name = " ".join(words)
    best = min(
        _named(name),
        key=lambda taxon: _distance(taxon, name=name, rank=rank, ncbi_taxid=ncbi_taxid),
        default=None,
    )
    if best is None and len(words) == THREE_PARTS and not ncbi_taxid:
        best = _named(f"{words[0]} {words[2]}").first()
    return best and (best.accepted or best)


def _words(scientific_name: str) -> list[str]:
    return scientific_name.replace("\0", " ").split()


def _named(name: str) -> "QuerySet[Taxon]":
    """Return the taxa with this scientific name, accepted or not, the best known first."""
    own = TaxonName.objects.filter(taxon=OuterRef("pk"), name__iexact=name).exclude(
        kind=TaxonName.Kind.VERNACULAR
    )
    keyed = Taxon.objects.filter(
        search_keys__key=fold(name), search_keys__place=Place.FIRST, search_keys__language=None
    )
    return keyed.filter(Exists(own)).select_related("accepted").order_by("search_keys__standing")


def _distance(taxon: Taxon, *, name: str, rank: str, ncbi_taxid: int | None) -> tuple[bool, bool, bool]:
    by_number = taxon.source == Taxon.Source.NCBI and taxon.source_id == str(ncbi_taxid)
    return not by_number, taxon.rank != rank, taxon.scientific_name.lower() != name.lower()


def animals_named(text: str) -> "QuerySet[Animal]":
    """Return the animals that are called so."""
    return Animal.objects.filter(is_named(text, taxon="taxon"))


def is_named(text: str, *, taxon: str) -> Q:
    """Return the filter for names, in any language, in which every word of the text begins a word.

    `taxon` is where the filtered thing has its taxon. A text without letters is no filter at all.
    """
    fits = Q()
    for word in asked(text).split():
        fits &= Q(Exists(SearchKey.objects.filter(taxon=OuterRef(taxon), key__begins=word)))
    return fits
