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
