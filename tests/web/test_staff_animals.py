"""Animals, mended by staff: names, places in the tree, duplicates, and whose places are told only roughly."""

from typing import Any

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertRedirects

import make
from biologidex.accounts.models import User
from biologidex.animals import services
from biologidex.animals.models import Animal, SensitiveTaxon, Taxon
from biologidex.animals.selectors import search_taxa, taxon_named
from biologidex.core.jobs import runner
from biologidex.core.models import AuditEntry
from biologidex.dex.models import DexEntry
from biologidex.dex.privacy import place_for
from web.staffed import browser_of, staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_folder")]
WHY = "A slip of the pen."


@pytest.fixture
def sams(db: None) -> Client:
    """The browser of somebody who runs this server."""
    return browser_of(staff())


@pytest.fixture
def genus(db: None) -> Taxon:
    """The genus of the house mice, as the backbone has it."""
    return make.taxon("Mus", rank="genus", genus="Mus", family="Muridae", phylum="Chordata")


@pytest.fixture
def made(genus: Taxon, ann: User) -> Animal:
    """A mouse that Ann has named, wrongly."""
    named = services.Named(scientific_name="Mus domestikus", common_name="home mouse")
    return services.lookup_or_create(by=ann, named=named)[0]


def mended(browser: Client, animal: Animal, **said: str) -> Any:
    taxon = animal.taxon
    now = {
        "scientific_name": taxon.scientific_name,
        "common_name": taxon.common_name,
        "parent": "",
        "reason": WHY,
    }
    return browser.post(f"/staff/animals/{animal.pk}/", {"do": "mend", **now, **said})


def deeds() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


def test_what_nobody_has_confirmed_comes_first_and_is_confirmed(sams: Client, made: Animal) -> None:
    make.animal(verified=True)
    listed = sams.get("/staff/animals/").context["page"].object_list
    assert listed[0] == made

    path = f"/staff/animals/{made.pk}/"
    assertRedirects(sams.post(path, {"do": "verify", "reason": "Seen in a museum."}), path)
    assert Animal.objects.get(pk=made.pk).verified
    sams.post(path, {"do": "doubt", "reason": "It was stuffed."})

    assert not Animal.objects.get(pk=made.pk).verified
    assert deeds() == ["animal.verify", "animal.doubt"]


def test_a_name_of_a_players_is_mended_and_the_old_one_goes_on_meaning_it(sams: Client, made: Animal) -> None:
    answer = mended(sams, made, scientific_name="Mus domesticus", common_name="house mouse")

    assert answer.status_code == 302
    taxon = Taxon.objects.get(pk=made.taxon_id)
    assert (taxon.scientific_name, taxon.common_name, taxon.species) == (
        "Mus domesticus",
        "house mouse",
        "Mus domesticus",
    )
    assert taxon_named("Mus domesticus") == taxon_named("Mus domestikus") == taxon
    assert search_taxa("house mouse") == [taxon]
    assert search_taxa("home mouse") == []
    (line,) = AuditEntry.objects.all()
    assert (line.action, line.details["before"]["scientific_name"]) == ("animal.edit", "Mus domestikus")


def test_it_is_hung_elsewhere_and_everything_above_it_says_so(sams: Client, made: Animal) -> None:
    make.taxon("Apodemus", rank="genus", genus="Apodemus", family="Muridae", class_name="Mammalia")

    mended(sams, made, scientific_name="Apodemus sylvaticus", parent="Apodemus")

    taxon = Taxon.objects.get(pk=made.taxon_id)
    assert (taxon.genus, taxon.class_name, taxon.parent and taxon.parent.scientific_name) == (
        "Apodemus",
        "Mammalia",
        "Apodemus",
    )


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"scientific_name": "what is this"}, "scientific_name"),
        ({"scientific_name": "Mus"}, "scientific_name"),
        ({"parent": "Nowhere"}, "parent"),
        ({"parent": "Mus domestikus"}, "parent"),
        ({"reason": ""}, "reason"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    sams: Client, made: Animal, said: dict[str, str], field: str
) -> None:
    answer = mended(sams, made, **said)

    assert (answer.status_code, list(answer.context["form"].errors)) == (400, [field])
    assert Taxon.objects.get(pk=made.taxon_id).scientific_name == "Mus domestikus"
    assert deeds() == []


def test_what_a_backbone_says_only_its_english_name_is_mended(sams: Client) -> None:
    animal = make.animal(make.taxon("Vulpes vulpes", common_name="fox", source="ncbi", source_id="9627"))

    assert mended(sams, animal, scientific_name="Vulpes ruber").status_code == 400
    assert mended(sams, animal, common_name="red fox").status_code == 302

    taxon = Taxon.objects.get(pk=animal.taxon_id)
    assert (taxon.scientific_name, taxon.common_name) == ("Vulpes vulpes", "red fox")
    assert taxon in search_taxa("red fox")
    assert taxon in search_taxa("fox")


class TestMerging:
    """One animal that stands here twice becomes one, with everybody's cards."""

    @pytest.fixture
    def right(self, db: None) -> Animal:
        """The animal that it really is."""
        return make.animal(make.taxon("Mus musculus", rank="species"))

    def merged(self, browser: Client, junk: Animal, into: Animal) -> Any:
        return browser.post(f"/staff/animals/{junk.pk}/merge/", {"into": str(into.pk), "reason": WHY})

    def test_everybodys_cards_follow_and_the_name_means_the_right_one(
        self, sams: Client, made: Animal, right: Animal, ann: User, bob: User
    ) -> None:
        anns, bobs = make.dex_entry(ann, animal=made, notes="Ann's"), make.dex_entry(bob, animal=made)
        twin = make.dex_entry(bob, animal=right, visibility="private", notes="the other")
        DexEntry.objects.filter(pk=anns.pk).update(filed_at=made.created_at)
        assertContains(sams.get(f"/staff/animals/{made.pk}/merge/?q=mus"), "Mus musculus")

        answer = self.merged(sams, made, right)

        assertRedirects(answer, f"/staff/animals/{right.pk}/")
        assert set(DexEntry.objects.values_list("owner__username", "animal")) == {
            ("ann", right.pk),
            ("bob", right.pk),
        }
        assert not DexEntry.objects.filter(pk=twin.pk).exists()
        kept = DexEntry.objects.get(pk=bobs.pk)
        assert (kept.visibility, kept.notes, kept.photos.count()) == ("private", "the other", 2)
        assert DexEntry.objects.get(pk=anns.pk).filed_at == made.created_at
        assert taxon_named("Mus domestikus") == right.taxon
        assert deeds() == ["card.audience", "card.join", "animal.merge"]
        assert set(AuditEntry.objects.values_list("actor_id", flat=True)) == {
            str(User.objects.get(username="sam").pk)
        }
        assert AuditEntry.objects.get(action="animal.merge").details == {"moved": 2, "left": 0}

    def test_a_card_whose_words_have_no_room_stays_and_is_told(
        self, sams: Client, made: Animal, right: Animal, ann: User, bob: User
    ) -> None:
        for animal in (made, right):
            make.dex_entry(ann, animal=animal, notes=str(animal.pk) * 40)
        make.dex_entry(bob, animal=made)

        page = self.merged(sams, made, right)

        assertContains(sams.get(page["Location"]), "1 cards could not")
        assert DexEntry.objects.get(animal=made).owner == ann
        assert taxon_named("Mus domestikus") == made.taxon
        assert AuditEntry.objects.get().details == {"moved": 1, "left": 1}

    def test_what_is_above_or_the_same_is_refused(self, sams: Client, made: Animal) -> None:
        above = make.animal(made.taxon.parent)

        assert self.merged(sams, above, made).status_code == 400
        assert self.merged(sams, made, made).status_code == 400
        assert deeds() == []


class TestSensitive:
    """Whose places are told only roughly: what it would change is told first."""

    @pytest.fixture
    def owl(self, ann: User) -> DexEntry:
        """An owl of which Ann tells everybody exactly where."""
        family = make.taxon("Strigidae", rank="family")
        bird = make.animal(make.taxon("Bubo bubo", parent=family))
        return make.dex_entry(
            ann, animal=bird, visibility="public", geoprivacy="open", latitude=48.1, longitude=11.5
        )

    def is_told_exactly(self, entry: DexEntry) -> bool:
        place = place_for(DexEntry.objects.select_related("animal").get(pk=entry.pk), None)
        return place is not None and not place.is_generalised

    def test_is_counted_before_it_is_said_and_counts_when_it_is(self, sams: Client, owl: DexEntry) -> None:
        family = owl.animal.taxon.parent
        assert family
        path = f"/staff/sensitive/{family.pk}/"
        assertContains(sams.get("/staff/sensitive/?q=strig"), f'href="{path}"')

        look = sams.get(path)
        assert (
            len(look.context["effect"].hidden),
            look.context["hidden_cards"],
            look.context["told_cards"],
        ) == (1, 1, 0)
        assert not SensitiveTaxon.objects.exists()
        assert self.is_told_exactly(owl)

        assertRedirects(
            sams.post(path, {"standing": "listed", "reason": "Nests are robbed."}), "/staff/sensitive/"
        )
        runner.run_due()
        assert not self.is_told_exactly(owl)
        assertContains(sams.get("/staff/sensitive/"), "Nests are robbed.")

        back = sams.get(f"{path}?standing=struck")
        assert (len(back.context["effect"].told), back.context["told_cards"]) == (1, 1)
        sams.post(path, {"standing": "struck", "reason": "Not any more."})
        assert self.is_told_exactly(owl)
        assert deeds() == ["sensitive.listed", "sensitive.struck"]

    def test_an_exemption_below_takes_it_back_for_one(self, sams: Client, owl: DexEntry) -> None:
        family, species = owl.animal.taxon.parent, owl.animal.taxon
        assert family
        sams.post(f"/staff/sensitive/{family.pk}/", {"standing": "listed", "reason": "Nests are robbed."})

        sams.post(f"/staff/sensitive/{species.pk}/", {"standing": "exempt", "reason": "Common here."})

        assert self.is_told_exactly(owl)

    def test_takes_a_reason(self, sams: Client, owl: DexEntry) -> None:
        assert (
            sams.post(
                f"/staff/sensitive/{owl.animal.taxon_id}/", {"standing": "listed", "reason": ""}
            ).status_code
            == 400
        )

        assert not SensitiveTaxon.objects.exists()
