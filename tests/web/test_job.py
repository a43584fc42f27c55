"""One photo's page: what came out, and what the person makes of it."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

import make
from biologidex.accounts.models import User
from biologidex.animals.models import Taxon
from biologidex.dex.models import DexEntry
from biologidex.vision.models import AnalysisJob

pytestmark = pytest.mark.django_db


@pytest.fixture
def wolf() -> Taxon:
    return make.taxon("Canis lupus", common_name="gray wolf", class_name="Mammalia")


def confirmed(browser: Client, job: AnalysisJob, taxon: Taxon | None, **fields: Any) -> Any:
    chosen = {"taxon": taxon.pk} if taxon else {}
    return browser.post(f"/capture/{job.pk}/", {**chosen, "visibility": "friends", **fields})


def with_answer(job: AnalysisJob, **changed: Any) -> AnalysisJob:
    job.answer = {**job.answer, **changed}
    job.save(update_fields=["answer"])
    return job


def page_of(browser: Client, job: AnalysisJob) -> Any:
    return browser.get(f"/capture/{job.pk}/")


class TestWhatThePageSays:
    def test_a_sure_species_is_named_and_ticked(self, anns: Client, ann: User, wolf: Taxon) -> None:
        page = page_of(anns, make.job(ann, candidates=[wolf]))

        assertContains(page, "<h1>Gray wolf</h1>", html=True)
        assertContains(page, f'value="{wolf.pk}" checked')

    def test_a_coarser_answer_says_which_rank_it_is_sure_of(
        self, anns: Client, ann: User, wolf: Taxon
    ) -> None:
        dogs = make.taxon("Canidae", rank="family", common_name="dog family")
        page = page_of(anns, make.job(ann, candidates=[dogs, wolf]))

        assertContains(page, "We are sure of the family")
        assertContains(page, "Canidae")
        assertContains(page, f'value="{wolf.pk}"')

    def test_the_known_species_of_a_sure_group_can_be_ticked_and_filed(
        self, anns: Client, ann: User, wolf: Taxon
    ) -> None:
        line = {"class_name": "Mammalia", "family": "Canidae"}
        dogs = make.taxon("Canidae", rank="family", common_name="dog family", **line)
        fox = make.taxon("Vulpes vulpes", common_name="red fox", **line)
        job = make.job(ann, candidates=[dogs])

        assertContains(page_of(anns, job), "Well-known species of this group")
        assertContains(page_of(anns, job), f'value="{fox.pk}"', count=1)
        confirmed(anns, job, fox)
        assert DexEntry.objects.get().animal.taxon == fox

    def test_guesses_come_before_the_known_species_and_what_contradicts_comes_last(
        self, anns: Client, ann: User
    ) -> None:
        line = {"class_name": "Mammalia", "family": "Canidae"}
        dogs = make.taxon("Canidae", rank="family", **line)
        fox = make.taxon("Vulpes vulpes", common_name="red fox", **line)
        coyote = make.taxon("Canis latrans", common_name="coyote", **line)
        cat = make.taxon("Felis catus", common_name="cat", class_name="Mammalia", family="Felidae")

        page = page_of(anns, make.job(ann, candidates=[dogs, cat, coyote])).content.decode()

        places = [page.index(f'value="{one.pk}"') for one in (dogs, coyote, fox, cat)]
        assert places == sorted(places)

    def test_the_groups_between_the_guess_and_what_is_sure_are_offered_too(
        self, anns: Client, ann: User
    ) -> None:
        mammals = make.taxon("Mammalia", rank="class")
        rodents = make.taxon("Rodentia", rank="order", parent=mammals)
        beaver = make.taxon("Castor fiber", common_name="beaver", parent=rodents)

        page = page_of(anns, make.job(ann, candidates=[mammals, beaver]))

        assertContains(page, "Or a wider group")
        assertContains(page, f'value="{rodents.pk}"', count=1)

    def test_the_groups_of_a_guess_that_contradicts_what_is_sure_are_not_offered(
        self, anns: Client, ann: User
    ) -> None:
        mammals = make.taxon("Mammalia", rank="class")
        ravens = make.taxon("Corvus", rank="genus", parent=make.taxon("Corvidae", rank="family"))

        page = page_of(anns, make.job(ann, candidates=[mammals, make.taxon("Corvus corax", parent=ravens)]))

        assertNotContains(page, "Or a wider group")

    def test_what_is_about_to_be_filed_is_named_beside_the_button(
        self, anns: Client, ann: User, wolf: Taxon
    ) -> None:
        sure = page_of(anns, make.job(ann, candidates=[wolf]))
        unsure = page_of(anns, with_answer(make.job(ann, candidates=[wolf]), verdict="unsure", taxon=None))

        assertContains(sure, 'role="status">Gray wolf</p>')
        assertContains(unsure, 'role="status">Nothing chosen yet</p>')

    def test_a_guess_is_offered_but_never_ticked(self, anns: Client, ann: User, wolf: Taxon) -> None:
        job = with_answer(make.job(ann, candidates=[wolf]), verdict="unsure", taxon=None)

        page = page_of(anns, job)

        assertContains(page, "We are not sure")
        assertContains(page, f'value="{wolf.pk}"')
        assertNotContains(page, f'value="{wolf.pk}" checked')

    def test_a_photo_without_an_animal_is_called_that_and_can_still_be_named(
        self, anns: Client, ann: User, wolf: Taxon
    ) -> None:
        job = with_answer(make.job(ann, candidates=[wolf]), verdict="no_animal", taxon=None)

        page = page_of(anns, job)

        assertContains(page, "We see no animal here")
        assertContains(page, "Discard this photo")
        assertContains(page, f'value="{wolf.pk}"')

    @pytest.mark.parametrize(
        ("probability", "words"), [(0.004, "under 1\u00a0%"), (0.37, "37\u00a0%"), (0.996, "over 99\u00a0%")]
    )
    def test_probabilities_are_said_without_pretence(
        self, anns: Client, ann: User, wolf: Taxon, probability: float, words: str
    ) -> None:
        job = make.job(ann, candidates=[wolf])
        only = {**job.answer["candidates"][0], "probability": probability}

        assertContains(
            page_of(anns, with_answer(job, candidates=[only], taxon=None, verdict="unsure")), words
        )

    def test_a_breed_is_told(self, anns: Client, ann: User) -> None:
        dog = make.taxon("Canis lupus familiaris", rank="subspecies", common_name="dog")
        job = make.job(ann, candidates=[dog])
        page = page_of(anns, with_answer(job, taxon={**job.answer["taxon"], "breed": "Border collie"}))

        assertContains(page, "Border collie")

    def test_a_candidate_outside_the_catalogue_cannot_be_ticked(
        self, anns: Client, ann: User, wolf: Taxon
    ) -> None:
        job = make.job(ann, candidates=[wolf])
        strange = {**job.answer["candidates"][0], "taxon_id": None, "scientific_name": "Gryphus magnus"}

        page = page_of(anns, with_answer(job, candidates=[strange]))

        assertContains(page, "Gryphus magnus")
        assertContains(page, "not in the catalogue")

    def test_a_failure_gives_its_reason_and_another_try(self, anns: Client, ann: User) -> None:
        job = make.job(
            ann, status="failed", error_message="It was interrupted.", answer={}, completed_at=None
        )

        page = page_of(anns, job)

        assertContains(page, "It was interrupted.")
        assertContains(page, f'action="/capture/{job.pk}/retry/"')

    def test_date_and_place_of_the_photo_are_filled_in_with_their_origin(
        self, anns: Client, ann: User, wolf: Taxon
    ) -> None:
        photo = make.photo(
            ann,
            taken_local="2024-05-18T07:42:10",
            time_source="photo",
            latitude=40.95342,
            longitude=-5.36117,
            place_source="photo",
        )
        page = page_of(anns, make.job(ann, candidates=[wolf], photo=photo))

        assertContains(page, 'value="2024-05-18"')
        assertContains(page, "From the photo.")
        assertContains(page, 'value="40.95342"')
        assertContains(page, "Coordinates from the photo: 40.95342° N, 5.36117° W")

    def test_what_the_photo_does_not_tell_stays_blank(self, anns: Client, ann: User, wolf: Taxon) -> None:
        page = page_of(anns, make.job(ann, candidates=[wolf]))

        assertContains(page, "The photo does not say.")
        assertContains(page, "Coordinates unknown.")

    def test_a_search_without_scripts_lists_what_it_found(self, anns: Client, ann: User, wolf: Taxon) -> None:
        assertContains(anns.get(f"/capture/{make.job(ann).pk}/", {"q": "gray"}), f'value="{wolf.pk}"')

    def test_a_stranger_finds_nothing(self, eves: Client, ann: User) -> None:
        job = make.job(ann)

        for path in ("", "progress/"):
            assert eves.get(f"/capture/{job.pk}/{path}").status_code in {404, 286}
        for path in ("", "retry/", "discard/"):
            assert eves.post(f"/capture/{job.pk}/{path}").status_code == 404
        assert AnalysisJob.objects.filter(pk=job.pk).exists()


class TestConfirming:
    def test_the_find_is_filed_as_it_was_said(self, anns: Client, ann: User, wolf: Taxon) -> None:
        job = make.job(ann, candidates=[wolf])

        answer = confirmed(
            anns,
            job,
            wolf,
            visibility="public",
            catch_date="2024-05-18",
            place_name="Gredos",
            latitude="40.25",
            longitude="-5.3",
            notes="Alone, at dawn.",
            is_favorite="1",
        )

        entry = DexEntry.objects.get(owner=ann)
        assertRedirects(answer, f"/dex/{entry.pk}/")
        assert entry.animal.taxon == wolf
        assert (entry.visibility, entry.catch_date, entry.place_name) == (
            "public",
            date(2024, 5, 18),
            "Gredos",
        )
        assert (entry.latitude, entry.longitude, entry.place_source) == (40.25, -5.3, "person")
        assert (entry.notes, entry.is_favorite) == ("Alone, at dawn.", True)

    def test_a_new_card_is_revealed_once(self, anns: Client, ann: User, wolf: Taxon) -> None:
        answer = confirmed(anns, make.job(ann, candidates=[wolf]), wolf)

        assertContains(anns.get(answer.url), 'class="reveal"')
        assertNotContains(anns.get(answer.url), 'class="reveal"')

    def test_a_second_find_joins_the_card(self, anns: Client, ann: User, wolf: Taxon) -> None:
        confirmed(anns, make.job(ann, candidates=[wolf]), wolf)

        answer = confirmed(anns, make.job(ann, candidates=[wolf]), wolf)

        assertContains(anns.get(answer.url), "You had this animal already")
        assert DexEntry.objects.get(owner=ann).photos.count() == 2

    def test_a_place_left_as_it_was_keeps_where_it_came_from(
        self, anns: Client, ann: User, wolf: Taxon
    ) -> None:
        photo = make.photo(ann, latitude=40.9534212345, longitude=-5.3, accuracy_m=8.0, place_source="photo")
        job = make.job(ann, candidates=[wolf], photo=photo)

        confirmed(anns, job, wolf, latitude="40.953421", longitude="-5.3")

        entry = DexEntry.objects.get()
        assert (entry.latitude, entry.accuracy_m, entry.place_source) == (40.9534212345, 8.0, "photo")

    def test_a_date_and_place_that_were_cleared_stay_blank(
        self, anns: Client, ann: User, wolf: Taxon
    ) -> None:
        photo = make.photo(
            ann, taken_local="2024-05-18T07:42:10", latitude=40.0, longitude=-5.0, place_source="photo"
        )

        confirmed(anns, make.job(ann, candidates=[wolf], photo=photo), wolf, catch_date="", latitude="")

        entry = DexEntry.objects.get()
        assert (entry.catch_date, entry.latitude, entry.place_source) == (None, None, "")

    def test_a_sure_animal_is_filed_from_its_tile_as_its_photo_tells(
        self, anns: Client, ann: User, wolf: Taxon
    ) -> None:
        ann.profile.default_visibility = "private"
        ann.profile.save()
        photo = make.photo(ann, taken_local="2024-05-18T07:42:10", time_source="photo")
        job = make.job(ann, candidates=[wolf], photo=photo)

        anns.post(f"/capture/{job.pk}/", {"quick": "1", "taxon": wolf.pk})

        entry = DexEntry.objects.get()
        assert (entry.visibility, entry.catch_date) == ("private", date(2024, 5, 18))

    def test_any_animal_of_the_catalogue_can_be_chosen(self, anns: Client, ann: User, wolf: Taxon) -> None:
        fox = make.taxon("Vulpes vulpes")

        confirmed(anns, make.job(ann, candidates=[wolf]), fox)

        assert DexEntry.objects.get().animal.taxon == fox

    @pytest.mark.parametrize(
        ("field", "value", "sentence"),
        [
            ("taxon", "", "Choose which animal it is, or search for it."),
            ("taxon", "999999", "This animal is not in the catalogue."),
            ("taxon", "wolf", "This animal is not in the catalogue."),
            ("catch_date", "yesterday", "Enter a valid date."),
            ("catch_date", "1700-01-01", "The date of a find lies between 1826 and today."),
            ("notes", "a" * 10_000, "At most 2000 characters"),
            ("latitude", "91", "between -90 and 90 degrees"),
            ("latitude", "nan", "Enter a number."),
            ("longitude", "", "Give the longitude too, or leave both blank."),
            ("visibility", "everybody", "Select a valid choice."),
        ],
    )
    def test_what_cannot_be_is_refused_beside_its_field(
        self, anns: Client, ann: User, wolf: Taxon, field: str, value: str, sentence: str
    ) -> None:
        job = make.job(ann, candidates=[wolf])
        sent = {"taxon": wolf.pk, "visibility": "friends", "latitude": "40", "longitude": "-3", field: value}

        answer = anns.post(f"/capture/{job.pk}/", sent)

        assert answer.status_code == 400
        assert sentence in " ".join(answer.context["form"].errors[field])
        assertContains(answer, sentence, status_code=400)
        assert not DexEntry.objects.exists()

    def test_a_refused_find_keeps_what_was_chosen(self, anns: Client, ann: User, wolf: Taxon) -> None:
        fox = make.taxon("Vulpes vulpes", common_name="red fox")

        answer = confirmed(anns, make.job(ann, candidates=[wolf]), fox, catch_date="1700-01-01", notes="Den.")

        assertContains(answer, f'value="{fox.pk}" checked', status_code=400)
        assertContains(answer, "Den.", status_code=400)

    def test_a_photo_that_is_still_looked_at_cannot_be_filed(
        self, anns: Client, ann: User, wolf: Taxon
    ) -> None:
        job = make.job(ann, status="processing", completed_at=None)

        assertContains(confirmed(anns, job, wolf), "still being looked at", status_code=409)

    def test_a_failed_identification_can_be_named_by_the_person(
        self, anns: Client, ann: User, wolf: Taxon
    ) -> None:
        job = make.job(ann, status="failed", completed_at=None, answer={})

        confirmed(anns, job, wolf)

        assert DexEntry.objects.get().animal.taxon == wolf

    def test_a_filed_photo_leads_to_its_card(self, anns: Client, ann: User, wolf: Taxon) -> None:
        job = make.job(ann, candidates=[wolf])
        card = confirmed(anns, job, wolf).url

        assertRedirects(page_of(anns, job), card)


class TestRetryAndDiscard:
    def test_discarding_removes_the_photo(self, anns: Client, ann: User) -> None:
        job = make.job(ann)

        assertRedirects(anns.post(f"/capture/{job.pk}/discard/"), "/capture/")

        assert not AnalysisJob.objects.exists()

    def test_retrying_is_counted_like_sending(self, anns: Client, ann: User, settings: Any) -> None:
        settings.RATES = settings.RATES | {"upload": (1, 3600)}
        jobs = [make.job(ann, status="failed", error_message="Once more.") for _ in range(2)]

        answers = [anns.post(f"/capture/{job.pk}/retry/").status_code for job in jobs]

        assert answers == [302, 429]

    def test_retrying_something_that_did_not_fail_is_too_late(self, anns: Client, ann: User) -> None:
        answer = anns.post(f"/capture/{make.job(ann).pk}/retry/")

        assertContains(answer, "Only an identification that failed", status_code=409)

    @pytest.mark.parametrize("path", ["retry/", "discard/"])
    def test_links_change_nothing(self, anns: Client, ann: User, path: str) -> None:
        assert anns.get(f"/capture/{make.job(ann).pk}/{path}").status_code == 405
