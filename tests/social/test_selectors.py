"""Lists of friends: what they hold, and that nothing in them is ever out of date."""

import os
import subprocess
import sys
from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction

import make
from biologidex.accounts.models import User
from biologidex.social import services
from biologidex.social.selectors import circle_version, friend_ids, friend_list, friends_of, kept_apart_ids

UNFRIEND = """
import django; django.setup()
from biologidex.accounts.models import User
from biologidex.social import services
ann, bob = (User.objects.get(username=name) for name in ("ann", "bob"))
services.unfriend(by=bob, which=ann.pk)
"""


@pytest.mark.django_db
class TestLists:
    def test_friends_stand_by_name_whoever_asked(self, ann: User, bob: User, eve: User) -> None:
        make.friends(eve, ann)
        make.friends(ann, bob)
        make.request(make.user("carl"), ann)

        assert list(friends_of(ann)) == [bob, eve]
        assert set(friend_list(ann)) == set(friend_ids(ann)) == {bob.pk, eve.pk}

    def test_a_closed_account_is_in_no_list(self, ann: User, bob: User) -> None:
        make.friends(ann, bob)

        User.objects.filter(pk=bob.pk).update(is_active=False)

        assert not friends_of(ann)

    def test_a_block_keeps_both_apart(self, ann: User, bob: User, eve: User) -> None:
        services.block(by=ann, whom=bob)

        assert [list(kept_apart_ids(person)) for person in (ann, bob, eve)] == [[bob.pk], [ann.pk], []]

    def test_a_kept_list_costs_one_question(
        self, ann: User, bob: User, django_assert_num_queries: Any
    ) -> None:
        make.friends(ann, bob)
        friend_list(ann)

        with django_assert_num_queries(1):
            assert friend_list(ann) == [bob.pk]


@pytest.mark.django_db
class TestNeverStale:
    def test_every_change_is_seen_at_once_by_both(self, ann: User, bob: User) -> None:
        def lists() -> tuple[list[Any], list[Any]]:
            return friend_list(ann), friend_list(bob)

        assert lists() == ([], [])
        make.friends(ann, bob)
        assert lists() == ([bob.pk], [ann.pk])
        services.unfriend(by=ann, which=bob.pk)
        assert lists() == ([], [])
        make.friends(bob, ann)
        assert lists() == ([bob.pk], [ann.pk])
        services.block(by=bob, whom=ann)
        assert lists() == ([], [])

    def test_blocks_too_make_a_new_version(self, ann: User, bob: User) -> None:
        versions = {circle_version(ann)}
        services.block(by=bob, whom=ann)
        versions.add(circle_version(ann))
        services.unblock(by=bob, which=ann.pk)
        versions.add(circle_version(ann))

        assert len(versions) == 3

    def test_a_stranger_s_affairs_leave_the_version(self, ann: User, bob: User, eve: User) -> None:
        make.friends(ann, bob)
        before = circle_version(ann)

        make.friends(bob, eve)

        assert circle_version(ann) == before

    def test_whoever_deletes_their_account_leaves_the_list(self, ann: User, bob: User) -> None:
        make.friends(ann, bob)
        assert friend_list(ann) == [bob.pk]

        bob.delete()

        assert friend_list(ann) == []

    def test_what_was_rolled_back_does_not_come_again(self, ann: User, bob: User, eve: User) -> None:
        with pytest.raises(RuntimeError), transaction.atomic():
            make.friends(ann, bob)
            assert friend_list(ann) == [bob.pk]
            raise RuntimeError

        assert friend_list(ann) == []
        make.friends(ann, eve)
        assert friend_list(ann) == [eve.pk]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
class TestNeverStaleAcross:
    def test_transactions(self, ann: User, bob: User) -> None:
        make.friends(ann, bob)
        assert friend_list(ann) == [bob.pk]

        def unfriend() -> None:
            services.unfriend(by=bob, which=ann.pk)
            connection.close()

        thread = Thread(target=unfriend)
        thread.start()
        thread.join()

        assert friend_list(ann) == []

    def test_processes_that_share_no_cache(self, ann: User, bob: User) -> None:
        make.friends(ann, bob)
        assert friend_list(ann) == [bob.pk]

        there = {"DJANGO_SETTINGS_MODULE": "biologidex.config.settings", "BIOLOGIDEX_DATABASE_URL": address()}
        subprocess.run([sys.executable, "-c", UNFRIEND], env=os.environ | there, check=True)

        assert friend_list(ann) == []


def address() -> str:
    """Return where the tests' own database is."""
    at = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{at['NAME']}"
    return f"postgres://{at['USER']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"
