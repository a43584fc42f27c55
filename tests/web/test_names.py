"""Animals are called what they are in the reader's language, and a page asks for all of the names at once."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import make
from biologidex.accounts.models import User
from biologidex.animals.models import Animal, Taxon
from biologidex.dex import services as dex
from biologidex.media.models import Photo
from biologidex.social import services as social
from graph.conftest import find, species
from web.forest import rows

pytestmark = pytest.mark.django_db
FEW, MANY = 2, 20
PAGES = {
    "/dex/": "Luchs",
    "/dex/?show=mine": "Luchs",
    "/dex/?show=missing": "Biber",
    "/feed/": "Biber",
    "/friends/@bob/": "Biber",
    "/progress/": "Luchs",
    "/notifications/": "Luchs",
    "/dex/links/": "Luchs",
    "/capture/": "Luchs",
    "/capture/search/?q=lynx": "Luchs",
    "/species/{genus}/": "Luchs",
    "/tree/line/?at={group}": "Luchs",
}


def animal(genus: str, german: str, number: int) -> Animal:
    made = species(f"{genus} n{number:02}", family=f"{genus}idae", common_name=f"{genus} number {number}")
    made.taxon.names.create(name=f"{german} {number}", kind="vernacular", language="deu")
    return made


@pytest.fixture
def german(ann: User) -> Client:
    """The browser of Ann, who reads German."""
    browser = Client(headers={"Accept-Language": "de"})
    browser.force_login(ann)
    return browser


@pytest.fixture
def photo(ann: User) -> Photo:
    return make.photo(ann)


@pytest.fixture
def genus(db: None) -> Taxon:
    return make.taxon("Lynx", rank="genus")


def grow(ann: User, bob: User, photo: Photo, *, to: int) -> None:
    """Let Ann and her friend find animals; of each of Ann's she is told, makes a link, and has another photo."""
    for number in range(ann.dex_entries.count(), to):
        beaver, lynx = animal("Castor", "Biber", number), animal("Lynx", "Luchs", number)
        find(bob, beaver)
        card = find(ann, lynx)
        social.notify(person_id=ann.pk, kind="first_find", subject=card.pk)
        dex.share(by=ann, entry=card)
        make.job(ann, photo=photo, candidates=[lynx.taxon])


def told(browser: Client, genus: Taxon) -> dict[str, int]:
    """Open every page. Returns how many questions each asked of the database."""
    group = next(row[0] for row in rows(browser) if row[2] == "Lynxidae")
    asked = {}
    for page, name in PAGES.items():
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            answer = browser.get(page.format(genus=genus.pk, group=group))
        assert f"{name} 1" in answer.content.decode(), page
        asked[page] = len(queries)
    return asked


def test_a_page_of_many_animals_asks_for_their_names_as_often_as_one_of_few(
    german: Client, ann: User, bob: User, photo: Photo, genus: Taxon
) -> None:
    make.friends(ann, bob)
    grow(ann, bob, photo, to=FEW)
    of_few = told(german, genus)

    grow(ann, bob, photo, to=MANY)

    assert told(german, genus) == of_few
