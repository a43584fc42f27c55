"""A photo stays on this server until its owner agrees to somebody else by name, whatever the operator has set."""

from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from rest_framework.test import APIClient

import make
from biologidex.accounts import selectors as people
from biologidex.accounts.models import Consent, User
from biologidex.core.jobs import runner
from biologidex.vision import services
from biologidex.vision.engine.answer import Answer, Fault, ProviderError, Verdict
from biologidex.vision.errors import NoSuchProvider
from biologidex.vision.models import AnalysisJob

pytestmark = pytest.mark.django_db


class Somebody:
    """A provider that notes every picture it was shown."""

    def __init__(self, name: str, *, is_remote: bool, price: str = "0") -> None:
        self.name = self.model = name
        self.is_remote, self._price = is_remote, Decimal(price)
        self.shown: list[bytes] = []
        self.error: ProviderError | None = None

    def price(self) -> Decimal | None:
        return self._price

    def version(self) -> str:
        return f"{self.name} 1"

    def prepare(self) -> None:
        """Nothing to load."""

    def identify(self, picture: bytes) -> Answer:
        self.shown.append(picture)
        if self.error:
            raise self.error
        return Answer(Verdict.NO_ANIMAL, None, (), 0.1, self.name, self.version())


@pytest.fixture
def far(monkeypatch: pytest.MonkeyPatch) -> Somebody:
    """Give a remote provider that is asked first, with one of this server behind it."""
    far, near = Somebody("far", is_remote=True), Somebody("near", is_remote=False)
    monkeypatch.setattr(services, "providers", lambda: (far, near))
    return far


def identified(owner: User) -> AnalysisJob:
    job, _ = services.start(by=owner, photo=make.photo(owner))
    runner.run_due()
    job.refresh_from_db()
    return job


def test_without_consent_a_remote_provider_is_never_asked(ann: User, far: Somebody) -> None:
    job = identified(ann)

    assert far.shown == []
    assert (job.status, job.answer["provider"], job.answer["remote"]) == ("completed", "near", False)


def test_with_consent_it_is_asked_and_said_to_have_been(ann: User, far: Somebody) -> None:
    services.choose_providers(by=ann, allowed=["far"])
    job = identified(ann)

    assert len(far.shown) == 1
    assert (job.answer["provider"], job.answer["remote"]) == ("far", True)


def test_the_consent_of_one_person_is_nobody_elses(ann: User, bob: User, far: Somebody) -> None:
    services.choose_providers(by=ann, allowed=["far"])
    identified(bob)

    assert far.shown == []


def test_a_consent_to_one_provider_is_none_to_another(
    ann: User, far: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.choose_providers(by=ann, allowed=["far"])
    farther = Somebody("farther", is_remote=True)
    monkeypatch.setattr(services, "providers", lambda: (farther, far))
    identified(ann)

    assert (len(farther.shown), len(far.shown)) == (0, 1)


def test_what_is_taken_back_counts_for_what_was_asked_for_before(
    ann: User, far: Somebody, settings: Any
) -> None:
    settings.JOBS_DOORBELL = "biologidex.core.jobs.threads.ring"
    services.choose_providers(by=ann, allowed=["far"])
    services.start(by=ann, photo=make.photo(ann))
    services.choose_providers(by=ann, allowed=[])
    runner.run_due()

    assert far.shown == []


def test_a_paid_provider_needs_consent_wherever_it_runs(ann: User, monkeypatch: pytest.MonkeyPatch) -> None:
    paid = Somebody("paid", is_remote=False, price="0.01")
    monkeypatch.setattr(services, "providers", lambda: (paid,))
    job = identified(ann)

    assert paid.shown == []
    assert (job.status, job.error_code) == ("failed", "no_consent")
    assert "only if you agree" in job.error_message


def test_a_second_try_and_the_api_show_it_to_nobody_else_either(
    ann: User, far: Somebody, api: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "providers", lambda: (far,))
    api.force_authenticate(ann)
    sent = api.post("/api/v1/vision/jobs/", {"photo": str(make.photo(ann).pk)}, format="json")
    runner.run_due()
    again = api.post(f"/api/v1/vision/jobs/{sent.json()['id']}/retry/", {}, format="json")
    runner.run_due()

    assert (sent.status_code, again.status_code) == (201, 200)
    assert far.shown == []


def test_a_temporary_failure_elsewhere_makes_nobody_ask_without_consent(
    ann: User, far: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    near = Somebody("near", is_remote=False)
    near.error = ProviderError(Fault.TIMEOUT, "Too slow.", temporary=True)
    monkeypatch.setattr(services, "providers", lambda: (near, far))
    identified(ann)

    assert near.shown
    assert far.shown == []


def test_the_operator_s_own_files_are_the_operator_s_decision(far: Somebody, tmp_path: Path) -> None:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(make.jpeg_bytes())
    call_command("identify", str(photo), stdout=StringIO())

    assert len(far.shown) == 1


def test_people_are_told_whom_they_can_agree_to_and_since_when_they_have(ann: User, far: Somebody) -> None:
    before = services.choices_for(ann)
    services.choose_providers(by=ann, allowed=["far"])
    services.choose_providers(by=ann, allowed=["far"])
    after = services.choices_for(ann)

    assert [(one.name, one.is_given, one.is_remote) for one in before] == [("far", False, True)]
    given = Consent.objects.get(user=ann)
    assert [one.since for one in after] == [given.given_at]


def test_agreeing_to_somebody_unknown_is_refused(ann: User, far: Somebody) -> None:
    with pytest.raises(NoSuchProvider):
        services.choose_providers(by=ann, allowed=["near"])

    assert people.consented(ann.pk) == {}


def test_what_was_agreed_to_and_taken_back_is_told_with_all_else_that_is_kept(
    ann: User, far: Somebody
) -> None:
    services.choose_providers(by=ann, allowed=["far"])
    services.choose_providers(by=ann, allowed=[])
    told = people.export_for(ann)["consents"]

    assert [(one["purpose"], one["withdrawn_at"] is not None) for one in told] == [
        ("identification:far", True)
    ]


def test_a_program_lists_who_may_be_asked_and_chooses_as_on_the_page(
    far: Somebody, ann: User, api: APIClient
) -> None:
    api.force_authenticate(ann)
    address = "/api/v1/vision/providers/"

    (asked,) = api.get(address).json()["providers"]
    assert (asked["name"], asked["is_remote"], asked["is_allowed"], asked["allowed_at"]) == (
        "far",
        True,
        False,
        None,
    )

    (allowed,) = api.put(address, {"providers": ["far"]}).json()["providers"]
    assert allowed["is_allowed"]
    identified(ann)
    assert len(far.shown) == 1

    assert api.put(address, {"providers": ["near"]}).status_code == 400  # needs nobody's leave
    assert api.put(address, {}).status_code == 400
    assert api.get(address).json()["providers"] == [allowed]

    (taken_back,) = api.put(address, {"providers": []}, format="json").json()["providers"]
    assert not taken_back["is_allowed"]
    identified(ann)
    assert len(far.shown) == 1
