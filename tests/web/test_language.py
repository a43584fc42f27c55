"""Pages speak the language of their reader; the API speaks English."""

import pytest
from django.test import Client

import make
from biologidex.accounts.models import User
from biologidex.animals.models import TaxonName

GERMAN = {"HTTP_ACCEPT_LANGUAGE": "de-AT,de;q=0.9,en;q=0.5"}
pytestmark = pytest.mark.django_db


def language_of(client: Client, path: str = "/sign-in/", **headers: str) -> str:
    answer = client.get(path, **headers)  # type: ignore[arg-type]  # headers are words
    assert f'<html lang="{answer["Content-Language"]}"' in answer.content.decode()
    return answer["Content-Language"]


def test_a_page_speaks_the_first_language_of_the_browser_that_it_knows(client: Client) -> None:
    assert language_of(client, **GERMAN) == "de"
    assert language_of(client, HTTP_ACCEPT_LANGUAGE="xx,fr;q=0.3") == "fr"
    assert language_of(client, HTTP_ACCEPT_LANGUAGE="xx") == "en"
    assert "Accept-Language" in client.get("/sign-in/")["Vary"]


def test_what_one_chose_counts_more_than_what_the_browser_asks_for(client: Client) -> None:
    answer = client.post("/language/", {"language": "es", "next": "/sign-up/"})

    assert answer["Location"] == "/sign-up/"
    assert language_of(client, **GERMAN) == "es"


def test_an_account_remembers_the_choice(client: Client, ann: User) -> None:
    client.force_login(ann)
    client.post("/language/", {"language": "pt", "next": "/dex/"})

    ann.profile.refresh_from_db()
    assert ann.profile.language == "pt"


@pytest.mark.parametrize("language", ["xx", "", "../../etc"])
def test_an_unknown_language_changes_nothing(client: Client, language: str) -> None:
    client.post("/language/", {"language": language, "next": "/"})

    assert language_of(client, **GERMAN) == "de"


def test_the_way_back_leads_to_no_other_site(client: Client) -> None:
    answer = client.post("/language/", {"language": "es", "next": "https://elsewhere.example/"})

    assert answer["Location"] == "/"


def test_the_api_speaks_english_to_everybody(client: Client) -> None:
    client.get("/sign-in/", **GERMAN)  # type: ignore[arg-type]  # headers are words
    answer = client.post("/api/v1/auth/login/", {}, **GERMAN)  # type: ignore[arg-type]

    assert answer.status_code == 400
    assert "required" in answer.content.decode()
    assert "Content-Language" not in answer


def test_an_animal_is_called_what_the_reader_calls_it_and_else_in_english(client: Client, ann: User) -> None:
    client.force_login(ann)
    wolf = make.dex_entry(ann, animal=make.animal(make.taxon("Canis lupus", common_name="gray wolf")))
    coyote = make.dex_entry(ann, animal=make.animal(make.taxon("Canis latrans", common_name="coyote")))
    for name, language in (("lobo", "spa"), ("loup gris", "fra"), ("Wolf", "deu"), ("Grauwolf", "de")):
        TaxonName.objects.create(
            taxon=wolf.animal.taxon, name=name, language=language, kind=TaxonName.Kind.VERNACULAR
        )

    heading = "<h1>{}</h1>".format
    assert heading("Wolf") in client.get(f"/dex/{wolf.pk}/", **GERMAN).content.decode()
    assert heading("Lobo") in client.get(f"/dex/{wolf.pk}/", HTTP_ACCEPT_LANGUAGE="es").content.decode()
    assert heading("Coyote") in client.get(f"/dex/{coyote.pk}/", **GERMAN).content.decode()
