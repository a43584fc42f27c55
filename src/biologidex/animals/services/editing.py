"""What staff mend about animals that only players have named, and about those that stand here twice.

What a backbone knows, it names and places: the next import would undo any change of that. What people call it in
English may be mended all the same.
"""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from biologidex.accounts.models import User
from biologidex.animals.errors import BadTaxon
from biologidex.animals.keys import KEY_LENGTH, fold
from biologidex.animals.models import Animal, Taxon, TaxonName
from biologidex.animals.nomenclature import is_plausible, normal, rank_of
from biologidex.animals.selectors import ANIMALS, TAXONOMY, ancestors, taxon_named
from biologidex.animals.services.names import LEAST_KNOWN, add_keys, line_below
from biologidex.core import audit
from biologidex.core.caching import next_generation
from biologidex.core.inputs import new_edition

STAFF = "staff"  # whose a name is that somebody here has given


@transaction.atomic
def mend(
    *, by: User, animal: Animal, scientific_name: str, common_name: str, parent: Taxon | None, reason: str
) -> Animal:
    """Call an animal otherwise, or hang it elsewhere. The old scientific name goes on meaning it."""
    audit.refuse_others(by)
    taxon = Taxon.objects.select_for_update().get(pk=animal.taxon_id)
    before = {
        "scientific_name": taxon.scientific_name,
        "common_name": taxon.common_name,
        "parent": taxon.parent_id,
    }
    name = normal(scientific_name) or taxon.scientific_name
    _refuse_what_backbones_say(taxon, name=name, parent=parent)
    _refuse_bad_names(taxon, name=name, common_name=common_name)
    if taxon.is_made_by_player and (above := parent or taxon.parent):
        _refuse_a_ring(taxon, above)
        taxon.scientific_name, taxon.parent, taxon.rank = name, above, rank_of(name)
        for column, value in line_below(above, name).items():
            setattr(taxon, column, value)
    taxon.common_name = common_name.strip()
    taxon.save()
    _index_anew(taxon, before)
    audit.record(
        by=by,
        action="animal.edit",
        kind="animal",
        pk=animal.pk,
        target=str(taxon),
        reason=reason,
        before=before,
    )
    _told_anew()
    return animal


@transaction.atomic
def verify(*, by: User, animal: Animal, is_verified: bool, reason: str) -> None:
    """Confirm that an animal is one, or doubt it again: what is doubted is in no list that everybody is shown."""
    action = "animal.verify" if is_verified else "animal.doubt"
    audit.record(by=by, action=action, kind="animal", pk=animal.pk, target=str(animal.taxon), reason=reason)
    animal.verified = is_verified
    animal.save(update_fields=["verified", "updated_at"])
    new_edition(ANIMALS)


def refuse_merging(*, junk: Animal, into: Animal) -> None:
    """Raise BadTaxon for two that cannot become one."""
    if junk.pk == into.pk:
        raise BadTaxon(_("An animal cannot be merged into itself."), field="into")
    if any(above.pk == junk.taxon_id for above in ancestors(into.taxon)):
        raise BadTaxon(_("The other animal hangs below this one."), field="into")


@transaction.atomic
def retire(*, animal: Animal, meaning: Animal) -> None:
    """Let a name mean another animal from now on. The number of what it meant is not given again."""
    taxon = Taxon.objects.select_for_update().get(pk=animal.taxon_id)
    accepted = meaning.taxon.accepted or meaning.taxon
    Taxon.objects.filter(accepted=taxon).update(accepted=accepted)
    taxon.accepted = accepted
    taxon.save(update_fields=["accepted"])
    animal.verified = False
    animal.save(update_fields=["verified", "updated_at"])
    _told_anew()


def _refuse_what_backbones_say(taxon: Taxon, *, name: str, parent: Taxon | None) -> None:
    if taxon.is_made_by_player:
        return
    if name != taxon.scientific_name:
        raise BadTaxon(_("The taxonomy says what it is called."), field="scientific_name")
    if parent and parent.pk != taxon.parent_id:
        raise BadTaxon(_("The taxonomy says where it belongs."), field="parent")


def _refuse_bad_names(taxon: Taxon, *, name: str, common_name: str) -> None:
    if taxon.is_made_by_player and not is_plausible(name):
        raise BadTaxon(
            _("This is not a scientific name. Write genus and species, like Canis lupus."),
            field="scientific_name",
        )
    other = taxon_named(name) if name != taxon.scientific_name else None
    if other is not None and other.pk != taxon.pk:
        raise BadTaxon(_("There is an animal of this name: merge the two instead."), field="scientific_name")
    if len(common_name.strip()) > KEY_LENGTH:
        raise BadTaxon(_("This name is too long."), field="common_name")


def _refuse_a_ring(taxon: Taxon, above: Taxon) -> None:
    if above.pk == taxon.pk or any(one.pk == taxon.pk for one in ancestors(above)):
        raise BadTaxon(_("It cannot hang below itself."), field="parent")


def _index_anew(taxon: Taxon, before: dict[str, Any]) -> None:
    """Let it be found by what it is called now, and by what it was called. What a player called it wrongly goes."""
    kind, keys = TaxonName.Kind, taxon.search_keys.order_by("standing")
    standing = keys.values_list("standing", flat=True).first() or LEAST_KNOWN
    former, called = before["scientific_name"], before["common_name"]
    if former != taxon.scientific_name:
        taxon.names.filter(kind=kind.ACCEPTED).delete()
        TaxonName.objects.create(taxon=taxon, name=taxon.scientific_name, kind=kind.ACCEPTED)
        TaxonName.objects.get_or_create(taxon=taxon, name=former, kind=kind.SYNONYM, source=STAFF)
    if called != taxon.common_name:
        if taxon.is_made_by_player:
            taxon.names.filter(kind=kind.VERNACULAR, name=called).delete()
        if taxon.common_name:
            said = {"name": taxon.common_name, "kind": kind.VERNACULAR, "source": STAFF}
            TaxonName.objects.get_or_create(taxon=taxon, **said, defaults={"language": "en"})
    if taxon.is_made_by_player:
        keys.delete()
        add_keys(taxon, taxon.names.values_list("name", flat=True), standing=standing)
    elif taxon.common_name and not keys.filter(key=fold(taxon.common_name)).exists():
        add_keys(taxon, [taxon.common_name], standing=standing)


def _told_anew() -> None:
    new_edition(ANIMALS)
    transaction.on_commit(lambda: next_generation(TAXONOMY))
