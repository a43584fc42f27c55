"""What people are told of their own dex: badges they have earned, firsts, and cards to look at again."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

import make
from biologidex.accounts.models import User
from biologidex.animals.models import Taxon, TaxonChange
from biologidex.core.jobs import runner
from biologidex.core.models import Job
from biologidex.dex import services
from biologidex.dex.details import Details
from biologidex.dex.selectors import notices_for
from biologidex.dex.services import telling
from biologidex.social.models import Notification
from biologidex.vision.models import AnalysisJob

pytestmark = pytest.mark.django_db


def told(person: User, kind: str) -> list[str]:
    return [one.detail for one in notices_for(person).filter(kind=kind)]


def file_find(owner: User, taxon: Taxon | None = None) -> Any:
    taxon = taxon or make.taxon()
    entry, _ = services.record_find(
        by=owner, job=make.job(owner, candidates=[taxon]), taxon=taxon, details=Details()
    )
    runner.run_due()
    return entry


def test_a_badge_is_told_when_it_is_earned_and_only_once(ann: User) -> None:
    file_find(ann)
    file_find(ann)

    assert sorted(told(ann, "badge")) == ["first-find", "pioneer"]


def test_a_badge_that_is_not_worn_any_more_is_not_told_either(ann: User) -> None:
    entry = file_find(ann)

    services.delete(by=ann, entry=entry)
    runner.run_due()

    assert told(ann, "badge") == []


def test_badges_of_finds_that_a_file_brought_are_no_news(ann: User) -> None:
    make.dex_entry(ann, created_at=timezone.now() - timedelta(days=300))

    services.tell_progress(owner_id=ann.pk, entry_id=None)

    assert told(ann, "badge") == []


def test_the_first_of_an_animal_is_noted_without_ringing(ann: User, bob: User) -> None:
    wolf = make.taxon("Canis lupus")

    file_find(ann, wolf)
    file_find(bob, wolf)

    assert notices_for(ann).filter(kind="first_find").get().read_at is not None
    assert not notices_for(bob).filter(kind="first_find").exists()


def test_whoever_does_not_play_is_told_nothing_of_it(ann: User) -> None:
    ann.profile.badges_enabled = False
    ann.profile.save()

    file_find(ann)

    assert not Notification.objects.filter(person=ann, kind__in=["badge", "first_find"]).exists()


def test_doubtful_cards_are_told_some_each_day_until_their_owner_has_looked(
    ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = timezone.now() - timedelta(days=1)
    cards = [make.dex_entry(ann, identified_at=earlier) for _ in range(3)]
    for card in cards:
        TaxonChange.objects.create(
            taxon=card.animal.taxon, kind="split", source="list", version="2", made_at=timezone.now()
        )
    monkeypatch.setattr(telling, "LOOKS", 2)

    assert services.tell_second_looks() == 2
    assert services.tell_second_looks() == 1
    assert services.tell_second_looks() == 0
    assert notices_for(ann).filter(kind="second_look").count() == 3

    services.identify_anew(by=ann, entry=cards[0], animal=cards[0].animal)

    assert notices_for(ann).filter(kind="second_look").count() == 2


def test_an_identification_is_noted_once_a_day(ann: User) -> None:
    for _ in range(2):
        telling.social.notify(person_id=ann.pk, kind="identified", detail="2026-05-04")
    make.job(ann)
    AnalysisJob.objects.update(completed_at=timezone.now() - timedelta(hours=1))

    assert notices_for(ann).filter(kind="identified").count() == 1
    assert not Job.objects.filter(state=Job.State.DEAD).exists()
