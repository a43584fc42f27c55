"""The page of a species: what it is, and what of its finds one may see."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

import make
from biologidex.accounts.models import User
from biologidex.animals.models import Taxon
from biologidex.animals.services import conservation

pytestmark = pytest.mark.django_db
NAVIGATION = 1  # the question that every page asks


@pytest.fixture
def wolf(db: None) -> Taxon:
    """A species below a genus below a family."""
    family = make.taxon(
        "Canidae", rank="family", common_name="dog family", parent=make.taxon("life", rank="no rank")
    )
    genus = make.taxon("Canis", rank="genus", parent=family)
    line = {"class_name": "Mammalia", "family": "Canidae", "genus": "Canis", "species": "Canis lupus"}
    return make.taxon(
        "Canis lupus",
        common_name="gray wolf",
        english=["timber wolf"],
        synonyms=["Canis lycaon"],
        parent=genus,
        **line,
    )


def page_of(browser: Client, taxon: Taxon) -> Any:
    return browser.get(f"/species/{taxon.pk}/")


def test_it_tells_what_the_animal_is_and_what_it_is_called(anns: Client, wolf: Taxon) -> None:
    wolf.names.create(name="Wolf", kind="vernacular", language="de")

    page = page_of(anns, wolf)

    for words in ("Gray wolf", "Canis lupus", "timber wolf", "Canis lycaon", "German", "Mammals"):
        assertContains(page, words)
    assertContains(page, f'href="/species/{wolf.parent_id}/"')
    assertContains(page, "Nobody you know has found it")


def test_a_synonym_leads_to_the_accepted_name(anns: Client, wolf: Taxon) -> None:
    old = make.taxon("Canis lycaon", accepted=wolf)

    assertRedirects(page_of(anns, old), f"/species/{wolf.pk}/")


def test_it_shows_the_finds_one_may_see_and_counts_no_others(
    anns: Client, ann: User, bob: User, eve: User, wolf: Taxon
) -> None:
    make.friends(ann, bob)
    animal = make.animal(wolf)
    make.dex_entry(bob, animal=animal, catch_date="2024-05-18")
    make.dex_entry(eve, animal=animal, catch_date="2024-06-18")
    make.dex_entry(make.user("dan"), animal=animal, visibility="private", catch_date="2024-07-18")

    page = page_of(anns, wolf)

    assertContains(page, "1 find you may see")
    assertContains(page, "May: 1 find")
    assertContains(page, "June: 0 finds")
    assertContains(page, "July: 0 finds")
    assertContains(page, "bob has it.")
    assertNotContains(page, "eve")
    assertNotContains(page, "dan has")


def test_a_wider_group_holds_the_finds_of_all_below_it(anns: Client, ann: User, wolf: Taxon) -> None:
    make.dex_entry(ann, animal=make.animal(wolf))
    make.dex_entry(ann, animal=make.animal(make.taxon("Vulpes vulpes", family="Canidae", genus="Vulpes")))

    assertContains(page_of(anns, Taxon.objects.get(scientific_name="Canidae")), "2 finds you may see")
    assertContains(page_of(anns, Taxon.objects.get(scientific_name="Canis")), "1 find you may see")


def test_ones_own_card_is_a_step_away(anns: Client, ann: User, wolf: Taxon) -> None:
    entry = make.dex_entry(ann, animal=make.animal(wolf))

    assertContains(page_of(anns, wolf), f'href="/dex/{entry.pk}/">')
    assertNotContains(page_of(anns, wolf), "Not yet.")


def test_how_threatened_it_is_comes_with_whoever_says_so(anns: Client, wolf: Taxon) -> None:
    list(conservation.set_statuses([conservation.Told(1, "Canis lupus", "Vulnerable")], source="A list"))

    assertContains(page_of(anns, wolf), "Vulnerable")
    assertContains(page_of(anns, wolf), "Says A list.")


def test_a_name_that_nobody_has_confirmed_is_marked(anns: Client, ann: User, wolf: Taxon) -> None:
    make.animal(wolf, verified=False, created_by=ann)

    assertContains(page_of(anns, wolf), "Name not confirmed")


def test_links_to_other_sites_tell_them_nothing_and_are_asked_nothing_beforehand(
    anns: Client, wolf: Taxon
) -> None:
    page = page_of(anns, wolf)

    assertContains(page, 'rel="noreferrer noopener external"', count=4)
    for host in ("www.ncbi.nlm.nih.gov", "www.gbif.org", "www.inaturalist.org", "en.wikipedia.org"):
        assertContains(page, f'href="https://{host}/')
    assertNotContains(page, "prefetch")
    assert page["X-DNS-Prefetch-Control"] == "off"


def test_an_unknown_number_is_no_species_and_strangers_sign_in_first(anns: Client, browser: Client) -> None:
    assert anns.get("/species/999999/").status_code == 404
    assert browser.get("/species/1/")["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_the_same_for_one_find_and_for_three(
    anns: Client, ann: User, wolf: Taxon, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    animal = make.animal(wolf)
    for number in range(count):
        friend = make.user(f"friend{number}")
        make.friends(ann, friend)
        make.dex_entry(friend, animal=animal)

    # session, person, taxon, finds, their photos, animal, names, status, line of descent twice, own card, finders,
    # how many finds, in which months, and where
    with django_assert_num_queries(15 + NAVIGATION):
        page_of(anns, wolf)
