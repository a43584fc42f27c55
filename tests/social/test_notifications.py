"""What people are told: once, as long as it holds, and as far as they want to hear it."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.db import connection
from django.utils import timezone

import make
from biologidex.accounts.models import User
from biologidex.core import identity
from biologidex.social import services
from biologidex.social.errors import BadChoice, NobodyThere
from biologidex.social.models import Notification
from biologidex.social.selectors import digest_of, settings_of
from biologidex.social.services.notices import MOST, UNSUBSCRIBE

pytestmark = pytest.mark.django_db


def told(person: User) -> list[str]:
    return [one.kind for one in Notification.objects.visible_to(person).unread().order_by("pk")]


class TestFriendship:
    def test_who_is_asked_is_told_and_who_asked_hears_the_yes(self, ann: User, bob: User) -> None:
        request = make.request(ann, bob)
        assert told(bob) == ["friend_request"]
        assert told(ann) == []

        services.accept(by=bob, request=request)

        assert told(bob) == []  # it is answered
        assert told(ann) == ["friend_accepted"]

    def test_a_no_and_a_request_that_is_taken_back_leave_nothing(self, ann: User, bob: User) -> None:
        services.reject(by=bob, request=make.request(ann, bob))
        assert (told(ann), told(bob)) == ([], [])

        services.end(by=bob, friendship=make.request(ann, bob))

        assert (told(ann), told(bob)) == ([], [])

    def test_whoever_parts_is_not_told_of_any_more(self, ann: User, bob: User) -> None:
        make.friends(ann, bob)

        services.unfriend(by=bob, which=ann.pk)

        assert told(ann) == []

    def test_a_request_that_meets_a_block_is_heard_by_nobody(self, ann: User, bob: User) -> None:
        make.block(bob, ann)

        make.request(ann, bob)

        assert told(bob) == []

    def test_between_people_who_are_kept_apart_nothing_is_told(self, ann: User, bob: User) -> None:
        services.notify(person_id=ann.pk, kind="reaction", actor=bob)
        services.notify(person_id=bob.pk, kind="reaction", actor=ann)

        make.block(bob, ann)

        assert (told(ann), told(bob)) == ([], [])

    def test_nothing_is_told_of_an_account_that_was_closed(self, ann: User, bob: User) -> None:
        services.notify(person_id=ann.pk, kind="reaction", actor=bob)

        User.objects.filter(pk=bob.pk).update(is_active=False)

        assert told(ann) == []


class TestTelling:
    def test_nobody_is_told_the_same_twice(self, ann: User, bob: User) -> None:
        assert services.notify(person_id=ann.pk, kind="badge", detail="ten")
        assert not services.notify(person_id=ann.pk, kind="badge", detail="ten")
        assert services.notify(person_id=ann.pk, kind="badge", detail="fifty")
        assert services.notify(person_id=bob.pk, kind="badge", detail="ten")

    def test_what_a_person_does_not_want_to_hear_is_not_told(self, ann: User) -> None:
        services.choose(by=ann, muted=["badge"])

        assert not services.notify(person_id=ann.pk, kind="badge", detail="ten")
        assert services.notify(person_id=ann.pk, kind="second_look")

    def test_reading_is_ones_own(self, ann: User, bob: User) -> None:
        services.notify(person_id=ann.pk, kind="badge", detail="ten")
        services.notify(person_id=ann.pk, kind="badge", detail="fifty")
        first = Notification.objects.earliest("pk")

        assert services.mark_read(by=bob, ids=[first.pk]) == 0
        assert services.mark_read(by=ann, ids=[first.pk]) == 1
        assert services.mark_read(by=ann) == 1
        assert told(ann) == []

    def test_a_choice_that_does_not_exist_is_refused(self, ann: User) -> None:
        with pytest.raises(BadChoice):
            services.choose(by=ann, muted=["gossip"])
        with pytest.raises(BadChoice):
            services.choose(by=ann, digest="hourly")

    def test_the_database_keeps_them_from_others(self, ann: User, bob: User) -> None:
        if connection.vendor != "postgresql":
            pytest.skip("SQLite has no row-level security")
        with identity.acting_as(bob.pk):  # whose deed it is, tells Ann
            services.notify(person_id=ann.pk, kind="reaction", actor=bob)
            assert not Notification.objects.exists()
        with identity.acting_as(ann.pk):
            assert Notification.objects.count() == 1


class TestSweeping:
    def test_what_is_old_goes_and_of_very_many_the_oldest(self, ann: User, bob: User, settings: Any) -> None:
        settings.NOTIFICATION_DAYS = 30
        old = timezone.now() - timedelta(days=31)
        rows = [Notification(person=ann, kind="badge", key=str(number)) for number in range(MOST + 3)]
        rows += [Notification(person=bob, kind="badge", key="old", created_at=old)]
        rows += [Notification(person=bob, kind="badge", key="new")]
        Notification.objects.bulk_create(rows)

        assert services.sweep_notifications() == 4

        assert Notification.objects.filter(person=ann).count() == MOST
        assert Notification.objects.get(person=bob).key == "new"


class TestDigest:
    def test_mail_begins_with_a_confirmed_address_and_comes_weekly_unless_said_otherwise(
        self, ann: User
    ) -> None:
        assert digest_of(ann, settings_of(ann)) == "weekly"
        services.choose(by=ann, digest="daily")
        assert digest_of(ann, settings_of(ann)) == "daily"

        ann.email_confirmed = False

        assert digest_of(ann, settings_of(ann)) == "off"

    def test_of_all_who_would_send_it_one_does(self, ann: User) -> None:
        assert services.claim_digest(person_id=ann.pk, period="2026-05-04") == ""
        assert services.claim_digest(person_id=ann.pk, period="2026-05-04") == "2026-05-04"
        assert services.claim_digest(person_id=ann.pk, period="2026-05-11") == "2026-05-04"

    def test_what_could_not_be_sent_is_tried_again(self, ann: User) -> None:
        before = services.claim_digest(person_id=ann.pk, period="2026-05-04")

        services.release_digest(person_id=ann.pk, period="2026-05-04", before=before)

        assert services.claim_digest(person_id=ann.pk, period="2026-05-04") == ""

    def test_a_link_in_a_mail_ends_the_mails_and_nothing_else_does(self, ann: User) -> None:
        services.choose(by=ann, digest="daily", muted=["badge"])

        assert services.unsubscribe(token=signing.dumps(str(ann.pk), salt=UNSUBSCRIBE)) == ann

        assert settings_of(ann).digest == "off"
        assert settings_of(ann).muted == ["badge"]
        with pytest.raises(NobodyThere):
            services.unsubscribe(token=signing.dumps(str(ann.pk), salt="another"))
