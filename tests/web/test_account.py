"""Signing up, in and out on pages."""

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertRedirects

import make
from biologidex.accounts.models import User

pytestmark = pytest.mark.django_db
ROSA = {"username": "rosa", "email": "rosa@example.org", "password": make.PASSWORD}


def test_signing_up_makes_an_account_and_opens_its_dex(browser: Client) -> None:
    answer = browser.post("/sign-up/", ROSA)

    assertRedirects(answer, "/dex/", fetch_redirect_response=False)
    assert User.objects.get().username == "rosa"
    assertContains(browser.get("/dex/"), "Welcome, rosa.")


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("username", "ann", "This user name is taken."),
        ("username", "", "This field is required."),
        ("email", "ann@example.org", "There is already an account with this e-mail address."),
        ("email", "nowhere", "valid email address"),
        ("password", "12345", "too short"),
    ],
)
def test_what_is_wrong_with_a_sign_up_is_said_beside_its_field(
    browser: Client, ann: User, field: str, value: str, sentence: str
) -> None:
    answer = browser.post("/sign-up/", {**ROSA, field: value})

    assert answer.status_code == 400
    assert sentence in " ".join(answer.context["form"].errors[field])
    assertContains(answer, sentence, status_code=400)
    assert not User.objects.filter(username="rosa").exists()


def test_several_mistakes_in_a_sign_up_are_said_together(browser: Client) -> None:
    answer = browser.post("/sign-up/", {"username": "a!", "email": "nowhere", "password": ""})

    assert set(answer.context["form"].errors) == {"username", "email", "password"}


def test_a_refused_sign_up_keeps_what_was_typed_but_never_the_password(browser: Client) -> None:
    answer = browser.post("/sign-up/", {**ROSA, "email": "nowhere"})

    assertContains(answer, 'value="rosa"', status_code=400)
    assert make.PASSWORD not in answer.content.decode()


@pytest.mark.parametrize("name", ["ann", "ANN", "ann@example.org"])
def test_one_signs_in_with_the_user_name_or_the_address(browser: Client, ann: User, name: str) -> None:
    answer = browser.post("/sign-in/", {"name": name, "password": make.PASSWORD})

    assertRedirects(answer, "/dex/")


def test_a_wrong_password_is_refused_without_saying_what_was_wrong(browser: Client, ann: User) -> None:
    wrong = browser.post("/sign-in/", {"name": "ann", "password": "wrong"})
    unknown = browser.post("/sign-in/", {"name": "nobody", "password": "wrong"})

    sentence = "The name or the password is wrong."
    assertContains(wrong, sentence, status_code=401)
    assertContains(unknown, sentence, status_code=401)


def test_one_returns_to_the_page_one_wanted(browser: Client, ann: User) -> None:
    asked = browser.get("/capture/")
    assertRedirects(asked, "/sign-in/?next=/capture/")

    answer = browser.post("/sign-in/", {"name": "ann", "password": make.PASSWORD, "next": "/capture/"})

    assertRedirects(answer, "/capture/")


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_nobody_is_sent_to_another_site(browser: Client, ann: User, elsewhere: str) -> None:
    answer = browser.post("/sign-in/", {"name": "ann", "password": make.PASSWORD, "next": elsewhere})

    assertRedirects(answer, "/dex/")


def test_signing_out_takes_a_press_not_a_link(anns: Client) -> None:
    assert anns.get("/sign-out/").status_code == 405

    assertRedirects(anns.post("/sign-out/"), "/")
    assertRedirects(anns.get("/dex/"), "/sign-in/?next=/dex/")


@pytest.mark.parametrize("page", ["/", "/sign-in/", "/sign-up/"])
def test_whoever_is_signed_in_goes_straight_to_the_dex(anns: Client, page: str) -> None:
    assertRedirects(anns.get(page), "/dex/")


def test_the_welcome_page_says_what_this_is_and_leads_in(browser: Client) -> None:
    answer = browser.get("/")

    assertContains(answer, 'href="/sign-up/"')
    assertContains(answer, 'href="/sign-in/"')
    assertContains(answer, "Papilio machaon")
