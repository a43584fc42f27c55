"""Links to cards: whoever has one sees the card until it ends, and learns nothing that was not to be told."""

import io
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image
from pytest_django import DjangoAssertNumQueries
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

import make
import pictures
from biologidex.accounts.models import User
from biologidex.core import jobs
from biologidex.dex import services
from biologidex.dex.models import DexEntry, ShareLink
from biologidex.dex.selectors import export_for
from biologidex.media import services as media

pytestmark = pytest.mark.django_db

LATITUDE, LONGITUDE = 48.2741639, 11.4618357
NAME = "Hollerbusch hinterm Gartentor"
NOTES = "Under the third stone."
TOLD = re.compile(rb"48[.,]27|11[.,]46|Hollerbusch|Gartentor|holler-file", re.IGNORECASE)


@pytest.fixture
def entry(ann: User) -> DexEntry:
    """A private card of Ann's; its photo and its words tell exactly where her garden is."""
    wolf = make.animal(make.taxon("Canis lupus", common_name="gray wolf"))
    content = pictures.jpeg(
        exif=pictures.exif(gps=pictures.place(LATITUDE, LONGITUDE)), comment=NAME.encode()
    )
    photo = media.store_photo(by=ann, upload=SimpleUploadedFile("holler-file.jpg", content))
    card = make.dex_entry(
        ann, animal=wolf, visibility="private", geoprivacy="open", place_name=NAME, latitude=LATITUDE,
        longitude=LONGITUDE, place_source="photo", notes=NOTES, catch_date="2024-05-18",
    )  # fmt: skip
    card.photos.all().delete()
    card.photos.create(photo=photo)
    return card


def shared(entry: DexEntry, **wished: Any) -> str:
    """Share a card. Returns the address of the page behind the link."""
    _, token = services.share(by=entry.owner, entry=entry, **wished)
    return f"/shared/{token}/"


def fetched(browser: Client, address: str) -> tuple[Any, bytes]:
    """Fetch a picture to its end. Returns the answer and the bytes."""
    answer = browser.get(address)
    return answer, b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_whoever_has_the_link_sees_the_card_without_an_account(browser: Client, entry: DexEntry) -> None:
    page = browser.get(shared(entry))

    for words in ("No. 0001", "Gray wolf", "Canis lupus", "18 May 2024", "found by ann"):
        assertContains(page, words)


def test_by_default_it_tells_neither_place_nor_notes(browser: Client, entry: DexEntry) -> None:
    page = browser.get(shared(entry))

    assert not TOLD.search(page.content)
    assertNotContains(page, NOTES)
    assertNotContains(page, "°")


def test_asked_to_it_tells_the_cell_and_the_notes_but_never_the_exact_place(
    browser: Client, entry: DexEntry
) -> None:
    page = browser.get(shared(entry, tells_place=True, tells_notes=True))

    assertContains(page, "48.3° N, 11.5° E")
    assertContains(page, NOTES)
    assert not TOLD.search(page.content)


def test_a_place_kept_to_oneself_is_not_told_by_a_link_either(browser: Client, entry: DexEntry) -> None:
    DexEntry.objects.filter(pk=entry.pk).update(geoprivacy="private")

    assertNotContains(browser.get(shared(entry, tells_place=True)), "°")


def test_its_pictures_carry_no_metadata_and_no_name_of_a_file(browser: Client, entry: DexEntry) -> None:
    address = shared(entry)
    sources = re.findall(r'src="(/shared/[^"]+\.jpg)"', browser.get(address).content.decode())

    for source in [*sources, *(f"{address}1-{variant}.jpg" for variant in ("full", "card", "thumb"))]:
        answer, content = fetched(browser, source)
        assert Image.open(io.BytesIO(content)).getexif() == {}
        assert not TOLD.search(content + repr(answer.items()).encode())
    assert sources


def test_nothing_of_it_names_the_card_its_photos_or_its_owner_by_id(browser: Client, entry: DexEntry) -> None:
    page = browser.get(shared(entry)).content.decode()
    ids = [entry.pk, entry.owner_id, entry.photos.get().photo_id]

    assert [one for one in ids if str(one) in page or one.hex in page] == []


def test_neither_search_engines_nor_other_sites_nor_caches_get_the_address(
    browser: Client, entry: DexEntry
) -> None:
    address = shared(entry)
    page = browser.get(address)

    assert page["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert page["Referrer-Policy"] == "same-origin"
    assert page["Cache-Control"] == "private, no-store"
    assertContains(page, '<meta name="robots" content="noindex, nofollow, noarchive">')
    picture, _ = fetched(browser, f"{address}1-card.jpg")
    assert picture["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert picture["Cache-Control"] == "private, no-cache"


def test_a_messenger_finds_a_title_and_a_picture_for_its_preview(
    browser: Client, entry: DexEntry, settings: Any
) -> None:
    page = browser.get(address := shared(entry))

    assertContains(page, '<meta property="og:title" content="Gray wolf">')
    assertContains(page, f'<meta property="og:image" content="{settings.SITE_URL}{address}1-card.jpg">')


@pytest.mark.parametrize("how", ["expired", "revoked", "closed"])
def test_when_it_has_ended_the_page_says_so_and_the_pictures_are_gone_with_it(
    browser: Client, entry: DexEntry, how: str
) -> None:
    address = shared(entry)
    assert fetched(browser, f"{address}1-full.jpg")[0].status_code == 200
    link = ShareLink.objects.get()
    match how:
        case "expired":
            ShareLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        case "revoked":
            services.end_link(by=entry.owner, link_id=link.pk)
        case "closed":
            User.objects.filter(pk=entry.owner_id).update(is_active=False)

    page = browser.get(address)

    assertContains(page, "This link has ended", status_code=410)
    assertNotContains(page, "wolf", status_code=410)
    assert browser.get(f"{address}1-full.jpg").status_code == 410


def test_a_link_lasts_a_week_unless_another_time_is_chosen(ann: User, entry: DexEntry) -> None:
    link, _ = services.share(by=ann, entry=entry)
    longer, _ = services.share(by=ann, entry=entry, days=30)

    assert (link.expires_at - link.created_at).days == 7
    assert (longer.expires_at - longer.created_at).days == 30


@pytest.mark.parametrize("token", ["x", "a" * 43, "%00", "Ä"])
def test_a_token_that_nobody_was_given_leads_nowhere(browser: Client, entry: DexEntry, token: str) -> None:
    shared(entry)

    assertContains(browser.get(f"/shared/{token}/"), "This link leads nowhere", status_code=404)
    assert browser.get(f"/shared/{token}/1-full.jpg").status_code == 404


@pytest.mark.parametrize("name", ["0-full", "2-full", "999999999999-full", "1-original", "1-dex"])
def test_a_picture_that_is_not_on_the_card_is_not_there(browser: Client, entry: DexEntry, name: str) -> None:
    assert browser.get(f"{shared(entry)}{name}.jpg").status_code == 404


def test_only_a_digest_of_the_token_is_kept(entry: DexEntry) -> None:
    _, token = services.share(by=entry.owner, entry=entry)
    kept = repr(ShareLink.objects.values().get())

    assert len(token) >= 43
    assert token not in kept
    assert "digest" not in repr(export_for(entry.owner)["share_links"])


def test_a_deleted_card_takes_its_links_with_it(browser: Client, entry: DexEntry) -> None:
    address = shared(entry)

    services.delete(by=entry.owner, entry=entry)

    assert browser.get(address).status_code == 404


def test_the_page_that_makes_a_link_shows_it_once_with_a_code_to_scan(
    anns: Client, browser: Client, entry: DexEntry, settings: Any
) -> None:
    assertContains(anns.get(f"/dex/{entry.pk}/share/"), "Otherwise you alone see this card.")

    page = anns.post(f"/dex/{entry.pk}/share/", {"days": "1", "tells_notes": "1"})

    (address,) = re.findall(rf'value="{settings.SITE_URL}(/shared/[\w-]+/)"', page.content.decode())
    assertContains(page, 'class="qr"')
    assertContains(browser.get(address), NOTES)
    assertNotContains(anns.get(f"/dex/{entry.pk}/share/"), address)


def test_a_time_that_is_not_offered_is_refused(anns: Client, entry: DexEntry) -> None:
    assert anns.post(f"/dex/{entry.pk}/share/", {"days": "3650"}).status_code == 400
    assert not ShareLink.objects.exists()


def test_ones_links_are_listed_and_ended(anns: Client, browser: Client, entry: DexEntry, ann: User) -> None:
    address = shared(entry)
    link = ShareLink.objects.get()
    assertContains(anns.get("/dex/links/"), "Gray wolf")

    assertRedirects(anns.post(f"/dex/links/{link.pk}/end/"), "/dex/links/")

    assert browser.get(address).status_code == 410
    assertContains(anns.get("/dex/links/"), "That link leads nowhere any more.", count=0)
    assertContains(anns.get("/dex/links/"), "Ended on")


def test_nobody_else_makes_sees_or_ends_links_to_a_card(
    eves: Client, browser: Client, entry: DexEntry
) -> None:
    DexEntry.objects.update(visibility="public")
    address = shared(entry)
    link = ShareLink.objects.get()

    assert eves.get(f"/dex/{entry.pk}/share/").status_code == 403
    assert eves.post(f"/dex/{entry.pk}/share/", {"days": "7"}).status_code == 403
    assertNotContains(eves.get("/dex/links/"), "wolf")
    assert eves.post(f"/dex/links/{link.pk}/end/").status_code == 404
    assert eves.post(f"/dex/links/{uuid4()}/end/").status_code == 404
    assert browser.get(address).status_code == 200


def test_nobody_has_more_links_open_than_can_be_overlooked(
    entry: DexEntry, anns: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("biologidex.dex.services.sharing.MOST_OPEN", 1)
    shared(entry)

    assertContains(
        anns.post(f"/dex/{entry.pk}/share/", {"days": "7"}), "End one of them first.", status_code=409
    )


def test_whoever_tries_tokens_has_to_wait(browser: Client, settings: Any) -> None:
    settings.RATES = {**settings.RATES, "shared": (2, 3600)}

    answers = [browser.get(f"/shared/guess{number}/").status_code for number in range(3)]

    assert answers == [404, 404, 429]


def test_links_that_ended_long_ago_are_forgotten(entry: DexEntry) -> None:
    for days in (1, 100):
        link, _ = services.share(by=entry.owner, entry=entry)
        ShareLink.objects.filter(pk=link.pk).update(expires_at=timezone.now() - timedelta(days=days))

    jobs.tasks["dex.forget_links"].work(None)

    assert ShareLink.objects.count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_with_one_photo_and_with_three(
    browser: Client, entry: DexEntry, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count - 1):
        entry.photos.create(photo=make.photo(entry.owner))
    address = shared(entry)

    with django_assert_num_queries(3):  # the link, the card, its photos
        browser.get(address)
