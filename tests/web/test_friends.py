"""The pages about friends: asking, answering, parting, blocking, and what a friend shows."""

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

import make
from biologidex.accounts.models import User
from biologidex.dex.models import DexEntry
from biologidex.social.models import Block, Friendship, Report
from biologidex.social.selectors import friends_of

pytestmark = pytest.mark.django_db


def browser_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def bobs(bob: User) -> Client:
    """Bob's browser."""
    return browser_of(bob)


def said(answer: object) -> str:
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))  # type: ignore[attr-defined]


def ask(browser: Client, code: str) -> object:
    return browser.post("/friends/requests/new/", {"code": code})


class TestAsking:
    def test_a_code_typed_as_people_type_it_reaches_its_owner(
        self, anns: Client, ann: User, bob: User
    ) -> None:
        code = bob.friend_code.lower()

        answer = ask(anns, f" {code[:4]}-{code[4:]} ")

        assert "bob will see your request" in said(answer)
        assert Friendship.objects.get().asked == bob

    def test_a_link_in_place_of_the_code_does_as_well(self, anns: Client, bob: User) -> None:
        ask(anns, f"https://example.org/friends/add/{bob.friend_code}/")

        assert Friendship.objects.get().asked == bob

    @pytest.mark.parametrize(
        ("code", "words", "status"),
        [
            ("ABCDEFGH", "There is nobody with this friend code.", 404),
            ("", "Please type the code", 400),
            ("<script>", "eight letters and digits", 400),
        ],
    )
    def test_a_code_that_leads_nowhere_is_told_beside_the_field(
        self, anns: Client, code: str, words: str, status: int
    ) -> None:
        assertContains(ask(anns, code), words, status_code=status)  # type: ignore[arg-type]

    def test_whoever_is_asked_and_asks_back_is_a_friend_at_once(
        self, anns: Client, ann: User, bob: User
    ) -> None:
        make.request(bob, ann)

        answer = ask(anns, bob.friend_code)

        assert "friends now" in said(answer)
        assert list(friends_of(ann)) == [bob]

    def test_guessing_codes_is_held_back(self, anns: Client, settings: object, bob: User) -> None:
        settings.RATES = {**settings.RATES, "friend_code": (2, 3600)}  # type: ignore[attr-defined]

        anns.get("/friends/add/ABCDEFGH/")
        anns.get("/friends/add/ABCDEFGJ/")

        assert anns.get(f"/friends/add/{bob.friend_code}/").status_code == 429

    def test_a_link_asks_first_and_makes_nobody_a_friend_by_itself(
        self, anns: Client, ann: User, bob: User
    ) -> None:
        page = anns.get(f"/friends/add/{bob.friend_code}/")

        assertContains(page, "Be friends with bob?")
        assert not Friendship.objects.exists()

    def test_a_link_is_kept_while_its_reader_signs_in(self, browser: Client, bob: User) -> None:
        address = f"/friends/add/{bob.friend_code}/"

        assertRedirects(browser.get(address), f"/sign-in/?next={address}", fetch_redirect_response=False)

    def test_the_page_has_the_code_its_link_and_a_drawing_of_it(self, anns: Client, ann: User) -> None:
        page = anns.get("/friends/")

        assertContains(page, ann.friend_code)
        assertContains(page, f"/friends/add/{ann.friend_code}/")
        assertContains(page, "<svg")

    def test_a_new_code_replaces_the_old_one(self, anns: Client, ann: User, bobs: Client) -> None:
        old = ann.friend_code

        anns.post("/friends/requests/code/")

        assert bobs.get(f"/friends/add/{old}/").status_code == 404


class TestAnswering:
    def test_a_request_is_accepted(self, bobs: Client, ann: User, bob: User) -> None:
        request = make.request(ann, bob)
        assertContains(bobs.get("/friends/"), "Accept ann")

        bobs.post(f"/friends/requests/{request.pk}/accept/")

        assert list(friends_of(bob)) == [ann]

    def test_whoever_is_declined_goes_on_waiting(
        self, anns: Client, bobs: Client, ann: User, bob: User
    ) -> None:
        request = make.request(ann, bob)

        bobs.post(f"/friends/requests/{request.pk}/reject/")

        assertContains(anns.get("/friends/"), "Waiting since")
        assertNotContains(bobs.get("/friends/"), "Accept ann")

    def test_ones_own_request_is_taken_back(self, anns: Client, bobs: Client, ann: User, bob: User) -> None:
        request = make.request(ann, bob)

        anns.post(f"/friends/requests/{request.pk}/cancel/")

        assertNotContains(bobs.get("/friends/"), "Accept ann")

    @pytest.mark.parametrize("what", ["accept", "reject", "cancel"])
    def test_a_stranger_answers_nothing(self, eves: Client, ann: User, bob: User, what: str) -> None:
        request = make.request(ann, bob)

        assert eves.post(f"/friends/requests/{request.pk}/{what}/").status_code == 404

    def test_an_address_that_is_only_opened_does_nothing(self, bobs: Client, ann: User, bob: User) -> None:
        request = make.request(ann, bob)

        assert bobs.get(f"/friends/requests/{request.pk}/accept/").status_code == 405
        assert bobs.get("/friends/requests/new/").status_code == 302
        assert not list(friends_of(bob))


class TestPartingAndBlocking:
    def test_parting_is_asked_first(self, anns: Client, ann: User, bob: User) -> None:
        make.friends(ann, bob)
        assertContains(anns.get("/friends/@bob/remove/"), "is not told")
        assert list(friends_of(ann)) == [bob]

        anns.post("/friends/@bob/remove/")

        assert not list(friends_of(ann))

    def test_blocking_says_what_it_means_and_can_be_undone(self, anns: Client, ann: User, bob: User) -> None:
        make.friends(ann, bob)
        assertContains(anns.get("/friends/@bob/block/"), "They will not be told.")

        anns.post("/friends/@bob/block/")

        assertContains(anns.get("/friends/"), "Lift the block of bob")
        anns.post(f"/friends/blocks/{Block.objects.get().pk}/lift/")
        assert not Block.objects.exists()

    def test_whoever_asks_can_be_blocked(self, bobs: Client, ann: User, bob: User) -> None:
        make.request(ann, bob)

        bobs.post("/friends/@ann/block/")

        assert Block.objects.get().blocked == ann

    def test_whoever_is_blocked_sees_the_pages_of_somebody_who_has_parted(self, ann: User) -> None:
        """Two worlds: in one Ann blocks, in the other she parts. Nothing that the others see differs."""
        seen = []
        for name, deed in (("carl", "block"), ("dora", "remove")):
            other = make.user(name)
            make.friends(other, ann)
            make.dex_entry(ann, visibility="public")
            browser_of(ann).post(f"/friends/@{name}/{deed}/")
            theirs = browser_of(other)
            pages = [
                "/friends/",
                "/friends/@ann/",
                f"/friends/add/{ann.friend_code}/",
                "/feed/",
                "/notifications/",
            ]
            answers = [theirs.get(page) for page in pages]
            asked = ask(theirs, ann.friend_code)
            answers.append(theirs.get("/friends/"))
            seen.append([(answer.status_code, masked(answer, other)) for answer in answers] + [said(asked)])

        for one, other in zip(*seen, strict=True):
            assert one == other


def masked(answer: object, person: User) -> str:
    """Return a page without what differs from person to person and from moment to moment."""
    page = answer.content.decode()  # type: ignore[attr-defined]
    page = (
        page.replace(person.username, "NAME")
        .replace(person.friend_code, "CODE")
        .replace(str(person.pk), "ID")
    )
    words = [
        line
        for line in page.splitlines()
        if not any(
            mark in line for mark in ("csrfmiddlewaretoken", "data-live-since", "<svg", "avatar", "summary")
        )
    ]
    return "\n".join(words)


class TestAFriendsPage:
    def test_it_shows_what_the_friend_shows_and_nothing_else(
        self, anns: Client, ann: User, bob: User
    ) -> None:
        make.friends(ann, bob)
        for visibility in ("private", "friends", "public"):
            make.dex_entry(
                bob,
                visibility=visibility,
                animal=make.animal(make.taxon(f"Animal {visibility}")),
                place_name="Secret wood",
            )

        page = anns.get("/friends/@bob/")

        assertContains(page, "Animal friends")
        assertContains(page, "Animal public")
        assertNotContains(page, "Animal private")
        assertNotContains(page, "Secret wood")
        assert page.context["numbers"]["cards"] == 2

    def test_what_both_have_and_what_is_new(self, anns: Client, ann: User, bob: User) -> None:
        make.friends(ann, bob)
        shared, theirs = make.animal(make.taxon("Canis lupus")), make.animal(make.taxon("Vulpes vulpes"))
        make.dex_entry(ann, animal=shared)
        make.dex_entry(bob, animal=shared)
        make.dex_entry(bob, animal=theirs)

        assert names(anns, "?show=both") == ["Canis lupus"]
        assert names(anns, "?show=theirs") == ["Vulpes vulpes"]
        assert names(anns, "?sort=number") == ["Canis lupus", "Vulpes vulpes"]
        assert names(anns, "?show=%00&sort=%27&page=x") == ["Vulpes vulpes", "Canis lupus"]

    @pytest.mark.parametrize("page", ["", "remove/", "block/", "report/"])
    def test_of_somebody_who_is_no_friend_it_tells_as_much_as_of_nobody(
        self, anns: Client, bob: User, page: str
    ) -> None:
        make.dex_entry(bob, visibility="public")

        somebody, nobody = (anns.get(f"/friends/@{name}/{page}") for name in ("bob", "rob"))

        assert somebody.status_code == nobody.status_code == 404
        assert masked(somebody, bob).replace("NAME", "rob") == masked(nobody, bob)

    def test_badges_are_shown_if_both_play(self, anns: Client, ann: User, bob: User) -> None:
        make.friends(ann, bob)
        make.dex_entry(bob)
        assertContains(anns.get("/friends/@bob/"), "First plate")

        for person in (bob, ann):
            person.profile.badges_enabled = False
            person.profile.save()
            assertNotContains(anns.get("/friends/@bob/"), "First plate")
            person.profile.badges_enabled = True
            person.profile.save()

    def test_words_of_people_render_inert(self, anns: Client, ann: User, bob: User) -> None:
        make.friends(ann, bob)
        bob.profile.display_name, bob.profile.bio = (
            "<script>alert(1)</script>",
            "<img onerror=alert(1)>\u202e",
        )
        bob.profile.save()

        page = anns.get("/friends/@bob/")

        assertNotContains(page, "<script>alert")
        assertNotContains(page, "<img onerror")

    def test_it_takes_as_many_queries_for_three_cards_as_for_one(
        self, anns: Client, ann: User, bob: User, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        make.friends(ann, bob)
        counts = []
        for _ in range(2):
            make.dex_entry(bob)
            with django_assert_num_queries(100, exact=False) as queries:
                anns.get("/friends/@bob/")
            counts.append(len(queries))
            make.dex_entry(bob)

        assert counts[0] == counts[1] < 25


def names(browser: Client, query: str) -> list[str]:
    page = browser.get(f"/friends/@bob/{query}").context["page"]
    return [entry.animal.taxon.scientific_name for entry in page.object_list]


class TestReporting:
    def test_a_card_is_reported_and_blocking_its_owner_is_offered_and_not_urged(
        self, anns: Client, ann: User, bob: User
    ) -> None:
        make.friends(ann, bob)
        card = make.dex_entry(bob)
        assertContains(anns.get(f"/report/{card.pk}/"), "Report this card")

        answer = anns.post(f"/report/{card.pk}/", {"reason": "spam", "words": "Shoes."})

        assertRedirects(answer, f"/dex/{card.pk}/", fetch_redirect_response=False)
        assertContains(
            anns.get(f"/dex/{card.pk}/"), '<a href="/friends/@bob/block/">Block bob</a>', html=True
        )
        assert Report.objects.get().entry_id == card.pk

    def test_a_report_without_a_reason_is_asked_for_one(self, anns: Client, ann: User, bob: User) -> None:
        make.friends(ann, bob)

        assertContains(
            anns.post("/friends/@bob/report/", {}), "Please choose what is wrong.", status_code=400
        )
        assert not Report.objects.exists()

    def test_what_one_does_not_see_cannot_be_reported(self, anns: Client, ann: User, bob: User) -> None:
        hidden, own = make.dex_entry(bob, visibility="private"), make.dex_entry(ann)

        for card in (hidden, own):
            assert anns.post(f"/report/{card.pk}/", {"reason": "spam"}).status_code == 404
        assert DexEntry.objects.count() == 2
