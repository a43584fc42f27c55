"""Ranks are named in the reader's language, wherever a page names one."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

import make
from biologidex.accounts.models import User

pytestmark = pytest.mark.django_db
ENGLISH = re.compile(r"\b(kingdom|phylum|class|order|family|genus|species)\b", re.IGNORECASE)
TAG, ATTRIBUTES = re.compile(r"<(script|style|template).*?</\1>|<[^>]*>", re.DOTALL), re.compile(r"\s+")


def words(page: str) -> str:
    """Return what is read on a page, without its tags."""
    return ATTRIBUTES.sub(
        " ", TAG.sub(" ", page.partition("<main")[2].partition(">")[2].partition("</main")[0])
    )


@pytest.fixture
def german(ann: User) -> Callable[[str], str]:
    browser = Client(headers={"Accept-Language": "de"})
    browser.force_login(ann)

    def read(address: str) -> str:
        answer = browser.get(address)
        assert answer.status_code == 200
        return words(answer.content.decode())

    return read


@pytest.mark.parametrize(
    "page", ["/dex/", "/dex/{card}/", "/species/{taxon}/", "/tree/?as=list", "/progress/"]
)
def test_no_page_says_a_rank_in_english_to_a_german_reader(
    german: Callable[[str], str], ann: User, page: str
) -> None:
    line = {"kingdom": "Animalia", "phylum": "Chordata", "class_name": "Aves", "order": "Strigiformes"}
    owls = make.taxon("Strigidae", rank="family", family="Strigidae", **line)
    card = make.dex_entry(ann, animal=make.animal(owls, created_by=ann))

    read = german(page.format(card=card.pk, taxon=owls.pk))

    assert ENGLISH.findall(read) == []
    assert page == "/progress/" or "Familie" in read


@pytest.mark.parametrize("page", ["/capture/", "/capture/{job}/"])
def test_nor_does_an_identification_with_its_ladder_and_its_choices(
    german: Callable[[str], str], ann: User, page: str
) -> None:
    birds = {"kingdom": "Animalia", "phylum": "Chordata", "class_name": "Aves"}
    above = make.taxon("Aves", rank="class", **birds)
    owls = make.taxon("Strigiformes", rank="order", parent=above, order="Strigiformes", **birds)
    line = {"order": "Strigiformes", **birds}
    family = make.taxon("Strigidae", rank="family", parent=owls, family="Strigidae", **line)
    genus = make.taxon("Bubo", rank="genus", parent=family, family="Strigidae", genus="Bubo", **line)
    job = make.job(ann, candidates=[owls, genus])

    read = german(page.format(job=job.pk))

    assert ENGLISH.findall(read) == []
    assert "Ordnung" in read
    if page == "/capture/{job}/":
        assert all(word in read for word in ("Klasse", "Familie", "Gattung"))


def test_nor_does_a_line_of_the_tree(german: Callable[[str], str], ann: User) -> None:
    line = {"kingdom": "Animalia", "phylum": "Chordata", "class_name": "Aves", "order": "Strigiformes"}
    owls = make.taxon("Strigidae", rank="family", family="Strigidae", **line)
    make.dex_entry(ann, animal=make.animal(owls, created_by=ann))

    read = german("/tree/?as=list&q=Strigidae")

    assert ENGLISH.findall(read) == []
    assert "Familie" in read
