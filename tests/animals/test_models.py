"""What the database itself refuses."""

import pytest
from django.db import IntegrityError
from django.db.models import ProtectedError

import make
from biologidex.animals.models import Animal, DexNumber, Taxon, TaxonName

pytestmark = pytest.mark.django_db


def test_an_animal_has_a_number_of_its_own_from_1() -> None:
    make.animal(creation_index=1)

    with pytest.raises(IntegrityError):
        make.animal(creation_index=1)


def test_there_is_no_animal_number_0() -> None:
    with pytest.raises(IntegrityError):
        make.animal(creation_index=0)


def test_a_taxon_is_one_animal() -> None:
    animal = make.animal()

    with pytest.raises(IntegrityError):
        Animal.objects.create(taxon=animal.taxon, creation_index=2)


def test_a_status_says_who_says_so() -> None:
    make.animal(conservation_status="vulnerable", conservation_source="a list we may pass on")

    with pytest.raises(IntegrityError):
        make.animal(conservation_status="vulnerable")


def test_there_is_one_counter() -> None:
    with pytest.raises(IntegrityError):
        DexNumber.objects.create(pk=2)


def test_a_taxon_stands_once_in_its_source() -> None:
    make.taxon("Canis lupus")

    with pytest.raises(IntegrityError):
        make.taxon("Canis lupus")


def test_a_taxon_has_a_name() -> None:
    wolf = make.taxon("Canis lupus")

    with pytest.raises(IntegrityError):
        Taxon.objects.filter(pk=wolf.pk).update(scientific_name="")


def test_a_name_is_given_once() -> None:
    wolf = make.taxon("Canis lupus")

    with pytest.raises(IntegrityError):
        TaxonName.objects.create(taxon=wolf, name="Canis lupus", kind=TaxonName.Kind.ACCEPTED)


def test_a_found_taxon_cannot_be_deleted() -> None:
    animal = make.animal()

    with pytest.raises(ProtectedError):
        animal.taxon.delete()
