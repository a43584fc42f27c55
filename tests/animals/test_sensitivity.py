"""Which animals are sensitive, and that every animal is marked so at once."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

import make
from biologidex.accounts.models import User
from biologidex.animals import services
from biologidex.animals.errors import NoSuchStatus
from biologidex.animals.models import Animal, SensitiveTaxon, Taxon
from biologidex.animals.selectors import is_sensitive

pytestmark = pytest.mark.django_db


@pytest.fixture
def felidae() -> Taxon:
    return make.taxon("Felidae", rank="family")


@pytest.fixture
def panthera(felidae: Taxon) -> Taxon:
    return make.taxon("Panthera", rank="genus", parent=felidae)


@pytest.fixture
def tiger(panthera: Taxon) -> Animal:
    return make.animal(make.taxon("Panthera tigris", common_name="Tiger", parent=panthera))


def run(*words: str) -> str:
    out = io.StringIO()
    call_command("sensitive", *words, stdout=out)
    return out.getvalue()


def marked(animal: Animal) -> bool:
    """Return what the database says, after checking that the rule says the same."""
    animal.refresh_from_db()
    assert animal.is_sensitive is is_sensitive(animal.taxon, status=animal.conservation_status)
    return animal.is_sensitive


def say(taxon: Taxon, *, exempt: bool = False) -> None:
    (services.exempt if exempt else services.list_as_sensitive)(taxon=taxon, reason="because", source="test")


class TestRule:
    def test_what_nobody_spoke_about_is_not_sensitive(self, tiger: Animal) -> None:
        assert not marked(tiger)

    def test_what_is_listed_is_sensitive_and_all_below_it(self, tiger: Animal, felidae: Taxon) -> None:
        other = make.animal()
        say(felidae)

        assert (marked(tiger), marked(other)) == (True, False)

    def test_the_nearest_word_counts(self, tiger: Animal, felidae: Taxon, panthera: Taxon) -> None:
        say(felidae)
        say(panthera, exempt=True)
        assert not marked(tiger)

        say(tiger.taxon)
        assert marked(tiger)

    @pytest.mark.parametrize(
        ("status", "expected"),
        [("", False), ("NE", False), ("DD", False), ("LC", False), ("EX", False)]
        + [(status, True) for status in ("NT", "VU", "EN", "CR", "EW")],
    )
    def test_near_threatened_or_worse_is_sensitive(self, tiger: Animal, status: str, expected: bool) -> None:
        services.set_status(animal=tiger, status=status, source="a national list")

        assert marked(tiger) is expected

    def test_only_its_own_exemption_overrides_the_status(self, tiger: Animal, panthera: Taxon) -> None:
        services.set_status(animal=tiger, status="EN", source="a national list")
        say(panthera, exempt=True)
        assert marked(tiger)

        say(tiger.taxon, exempt=True)
        assert not marked(tiger)

    def test_what_is_struck_leaves_the_word_above(
        self, tiger: Animal, felidae: Taxon, panthera: Taxon
    ) -> None:
        say(felidae)
        say(panthera, exempt=True)

        services.strike(taxon=panthera, source="test")
        assert marked(tiger)

        services.strike(taxon=felidae, source="test")
        assert not marked(tiger)

    def test_a_tree_that_bites_its_tail_is_no_endless_question(self, tiger: Animal, felidae: Taxon) -> None:
        Taxon.objects.filter(pk=felidae.pk).update(parent=tiger.taxon)

        assert not is_sensitive(tiger.taxon)


class TestMark:
    def test_an_animal_is_marked_when_it_gets_its_number(self, ann: User, felidae: Taxon) -> None:
        say(felidae)

        assert services.animal_for(by=ann, taxon=make.taxon("Lynx lynx", parent=felidae)).is_sensitive
        assert not services.animal_for(by=ann, taxon=make.taxon("Canis lupus")).is_sensitive

    @pytest.mark.parametrize("count", [1, 3])
    def test_all_animals_are_judged_in_as_many_questions_as_one(self, count: int) -> None:
        above = make.taxon("Felidae", rank="family")
        for _ in range(count):
            make.animal(make.taxon(parent=above))
        SensitiveTaxon.objects.create(taxon=above, reason="because", source="test")

        with CaptureQueriesContext(connection) as queries:
            assert services.reassess() == count

        # Who is marked, what is said, statuses, the marks, word for copies, their edition; and the transaction's two.
        assert len(queries) == 8

    def test_a_changed_mark_counts_as_a_change_of_the_animal(self, tiger: Animal) -> None:
        before = tiger.updated_at

        say(tiger.taxon)

        tiger.refresh_from_db()
        assert tiger.updated_at > before


class TestStatus:
    def test_is_kept_as_a_code_whatever_words_say_it(self, tiger: Animal) -> None:
        told = services.set_status(animal=tiger, status="Critically  endangered", source="a list")

        assert (told.conservation_status, told.conservation_source) == ("CR", "a list")

    def test_of_no_known_kind_is_refused(self, tiger: Animal) -> None:
        with pytest.raises(NoSuchStatus) as refused:
            services.set_status(animal=tiger, status="rare", source="a list")

        assert refused.value.field == "conservation_status"

    def test_names_its_source(self, tiger: Animal) -> None:
        with pytest.raises(NoSuchStatus) as refused:
            services.set_status(animal=tiger, status="VU", source="")

        assert refused.value.field == "conservation_source"


class TestStartingList:
    def test_is_filled_once(self, tiger: Animal) -> None:
        assert run("fill").startswith("1 new")
        assert run("fill").startswith("0 new")
        assert marked(tiger)

    def test_leaves_what_an_operator_has_said(self, tiger: Animal) -> None:
        run("fill")
        run("remove", "Panthera", "tigris")

        run("fill")

        assert not marked(tiger)

    def test_every_row_says_why(self) -> None:
        rows = services.sensitivity.starting_list()

        assert len(rows) > 100
        assert all(row["name"] and row["rank"] and row["reason"] for row in rows)
        assert len({row["name"] for row in rows}) == len(rows)


class TestCommand:
    def test_adds_exempts_and_lists(self, tiger: Animal) -> None:
        run("add", "Panthera", "--reason", "cats are shot")
        assert marked(tiger)
        run("exempt", "panthera", "tigris", "--reason", "only in a zoo")
        assert not marked(tiger)

        told = run("list")

        assert "listed  genus Panthera: cats are shot (command line)" in told
        assert "exempt  species Panthera tigris, Tiger: only in a zoo" in told

    def test_an_unknown_name_is_told(self) -> None:
        with pytest.raises(CommandError, match="There is no taxon Nonsensia"):
            run("add", "Nonsensia", "--reason", "none")
