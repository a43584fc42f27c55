"""What the database promises about people."""

import io
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.db import IntegrityError

import make
from biologidex.accounts.models import FRIEND_CODE_ALPHABET, User, UserProfile, new_friend_code
from biologidex.config import settings as shipped

ARGON2ID = "biologidex.accounts.hashers.Argon2id"


@pytest.mark.parametrize(
    ("username", "email"),
    [("ANN", "other@example.org"), ("other", "Ann@Example.org")],
    ids=["name", "e-mail"],
)
def test_a_name_or_address_is_somebodys_in_every_mixture_of_cases(
    ann: User, username: str, email: str
) -> None:
    with pytest.raises(IntegrityError):
        User.objects.create(username=username, email=email)


def test_a_friend_code_is_somebodys(ann: User) -> None:
    with pytest.raises(IntegrityError):
        make.user("bob", friend_code=ann.friend_code)


def test_nobody_is_made_without_a_profile(ann: User) -> None:
    assert ann.profile.default_visibility == UserProfile.Visibility.FRIENDS


def test_a_person_whose_profile_cannot_be_made_is_not_made_either(ann: User) -> None:
    with pytest.raises(IntegrityError):
        User.objects.create_user("bob", "bob@example.org", id=ann.id)

    assert list(User.objects.all()) == [ann]


def test_friend_codes_can_be_read_aloud() -> None:
    codes = {new_friend_code() for _ in range(200)}

    assert len(codes) == 200
    assert {len(code) for code in codes} == {8}
    assert set("".join(codes)) <= set(FRIEND_CODE_ALPHABET)
    assert not set("IO01") & set(FRIEND_CODE_ALPHABET)


@pytest.mark.parametrize("typed", ["ann", "ANN", " Ann ", "ann@example.org", "Ann@Example.ORG"])
def test_a_person_is_found_by_name_or_address(ann: User, typed: str) -> None:
    assert User.objects.get_by_natural_key(typed) == ann


@pytest.mark.django_db
def test_an_administrator_is_made_on_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", make.PASSWORD)

    call_command(
        "createsuperuser", interactive=False, username="root", email="root@example.org", stdout=io.StringIO()
    )

    root = User.objects.get(username="root")
    assert root.is_superuser
    assert root.is_staff
    assert root.check_password(make.PASSWORD)
    assert root.profile


@pytest.mark.slow
def test_passwords_are_kept_by_argon2id_at_the_chosen_cost(settings: Any) -> None:
    settings.PASSWORD_HASHERS = [ARGON2ID]

    assert make_password("kingfisher").startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


def test_the_server_uses_that_and_nothing_weaker() -> None:
    assert shipped.PASSWORD_HASHERS == [ARGON2ID]
