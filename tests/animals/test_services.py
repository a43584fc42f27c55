"""Numbers of animals: from 1, without gaps, whoever comes at once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction
from pytest_django import DjangoAssertNumQueries

import make
from biologidex.accounts.models import User
from biologidex.animals.models import Animal, Taxon
from biologidex.animals.services import animal_for

THREADS = 10


@pytest.mark.django_db
class TestOneAfterTheOther:
    def test_numbers_begin_at_1_and_follow_each_other(self, ann: User, bob: User) -> None:
        numbers = [animal_for(by=person, taxon=make.taxon()).creation_index for person in (ann, bob, ann)]

        assert numbers == [1, 2, 3]

    def test_a_taxon_that_was_found_before_keeps_its_number_and_finder(self, ann: User, bob: User) -> None:
        wolf = make.taxon("Canis lupus")

        first, second = animal_for(by=ann, taxon=wolf), animal_for(by=bob, taxon=wolf)

        assert (first, second.creation_index, second.created_by) == (second, 1, ann)

    def test_a_known_animal_costs_one_question_and_no_lock(
        self, ann: User, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        wolf = make.taxon("Canis lupus")
        animal_for(by=ann, taxon=wolf)

        with django_assert_num_queries(1):
            animal_for(by=ann, taxon=wolf)

    def test_what_is_rolled_back_gives_its_number_back(self, ann: User) -> None:
        animal_for(by=ann, taxon=make.taxon())

        with pytest.raises(RuntimeError), transaction.atomic():
            animal_for(by=ann, taxon=make.taxon())
            raise RuntimeError

        assert animal_for(by=ann, taxon=make.taxon()).creation_index == 2

    def test_a_finder_who_leaves_leaves_the_animal(self, ann: User) -> None:
        animal = animal_for(by=ann, taxon=make.taxon())

        ann.delete()

        animal.refresh_from_db()
        assert (animal.created_by, animal.creation_index) == (None, 1)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
class TestAllAtOnce:
    def test_fifty_taxa_get_fifty_numbers_without_a_gap(self, ann: User) -> None:
        numbers = at_once(ann, [make.taxon() for _ in range(50)])

        assert sorted(numbers) == list(range(1, 51))

    def test_one_taxon_gets_one_number(self, ann: User) -> None:
        numbers = at_once(ann, [make.taxon()] * 20)

        assert (numbers, Animal.objects.count()) == ([1] * 20, 1)

    def test_failures_in_between_leave_no_gap(self, ann: User) -> None:
        taxa = [make.taxon() for _ in range(30)]

        at_once(ann, taxa, failing=set(taxa[::3]))

        assert Counter(Animal.objects.values_list("creation_index", flat=True)) == Counter(range(1, 21))


def at_once(person: User, taxa: list[Taxon], *, failing: set[Taxon] | None = None) -> list[int]:
    """Find all the taxa from several threads that start together; return the numbers given."""
    together = Barrier(THREADS)

    def find(share: list[Taxon]) -> list[int]:
        together.wait()
        try:
            return [number for taxon in share if (number := find_one(taxon))]
        finally:
            connection.close()

    def find_one(taxon: Taxon) -> int:
        try:
            with transaction.atomic():
                number = animal_for(by=person, taxon=taxon).creation_index
                return number // (taxon not in (failing or ()))
        except ZeroDivisionError:
            return 0

    with ThreadPoolExecutor(THREADS) as pool:
        shares = pool.map(find, [taxa[start::THREADS] for start in range(THREADS)])
        return [number for share in shares for number in share]
