"""The label table says what the networks' classes mean."""

from biologidex.vision.engine.labels import DOG, RANKS, digest, labels


def test_the_398_animal_classes_are_there_once_each_in_order() -> None:
    indices = [label.index for label in labels()]

    assert len(indices) == 398
    assert indices == sorted(set(indices))
    assert indices[0] == 0
    assert indices[-1] < 1000


def test_only_the_two_fossils_are_not_living() -> None:
    assert [label.index for label in labels() if not label.living] == [51, 69]


def test_every_label_stands_at_its_own_rank_and_knows_nothing_below() -> None:
    for label in labels():
        assert label.lineage[label.rank] == label.scientific_name
        assert set(RANKS[RANKS.index(label.rank) + 1 :]).isdisjoint(label.lineage)


def test_no_rank_above_a_label_is_missing_except_the_species_of_a_dog() -> None:
    for label in labels():
        above = set(RANKS[: RANKS.index(label.rank)])
        missing = above - set(label.lineage)
        assert missing == ({"species"} if label.scientific_name == DOG else set())


def test_every_name_lies_in_one_place_only() -> None:
    for child, parent in zip(RANKS[1:], RANKS, strict=False):
        parents: dict[str, set[str]] = {}
        for label in labels():
            if child in label.lineage and parent in label.lineage:
                parents.setdefault(label.lineage[child], set()).add(label.lineage[parent])
        assert {name: above for name, above in parents.items() if len(above) > 1} == {}


def test_the_118_dogs_are_one_taxon_and_each_names_its_breed() -> None:
    dogs = [label for label in labels() if label.scientific_name == DOG]

    assert len(dogs) == 118
    assert all(dog.breed for dog in dogs)
    assert all(not label.breed for label in labels() if label.scientific_name != DOG)


def test_traps_of_the_training_pictures_are_answered_coarsely() -> None:
    by_index = {label.index: label for label in labels()}

    assert (by_index[23].scientific_name, by_index[334].scientific_name) == ("Aves", "Mammalia")
    assert by_index[324].ncbi_taxid == 7115  # the butterfly Pieris, not the plant of the same name


def test_the_digest_stands_for_the_table() -> None:
    assert len(digest()) == 64
