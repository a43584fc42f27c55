"""The shapes of trees in JSON. Nothing in them is ever null: what is not known is left out or empty."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from biologidex.core.serializers import Text
from biologidex.graph.scope import Mode

MOST_CHOSEN = 500
LONGEST_LIST = MOST_CHOSEN * 40
LONGEST_QUESTION = 200
NODE_TYPES = ["taxonomic", "animal"]


class Ids(serializers.CharField):
    """Several ids with commas between them."""

    def to_internal_value(self, data: Any) -> list[UUID]:  # type: ignore[override]
        """Return the ids, or refuse what holds anything else."""
        texts = [text.strip() for text in super().to_internal_value(data).split(",") if text.strip()]
        if len(texts) > MOST_CHOSEN:
            raise serializers.ValidationError(f"Choose at most {MOST_CHOSEN} friends.")
        one = serializers.UUIDField()
        return [one.run_validation(text) for text in texts]


class TreeIn(serializers.Serializer[Any]):
    """Which tree: whose finds it shows. Of `friend_ids` those who are friends count, in the mode `selected`."""

    mode = serializers.ChoiceField([mode.value for mode in Mode], default=Mode.FRIENDS.value)
    friend_ids = Ids(default="", allow_blank=True, max_length=LONGEST_LIST)
    use_cache = serializers.BooleanField(default=True, help_text="`false` has the tree drawn anew.")


class SearchIn(TreeIn):
    """Words to find in a tree."""

    q = serializers.CharField(max_length=LONGEST_QUESTION)
    limit = serializers.IntegerField(min_value=1, max_value=200, default=50)


class NewickIn(TreeIn):
    """How to write a tree down."""

    ranks = serializers.BooleanField(default=False, help_text="`true` adds the ranks, as comments.")


class InvalidateIn(serializers.Serializer[Any]):
    """What to forget: the trees of whoever asks."""

    scope = Text(default="user", max_length=20)

    def validate_scope(self, scope: str) -> str:
        """Refuse what nobody may forget."""
        if scope != "user":
            raise serializers.ValidationError("Only `user` can be made anew: your own trees.")
        return scope


class InvalidatedOut(serializers.Serializer[Any]):
    """What was forgotten."""

    detail = serializers.CharField()
    scope = serializers.CharField()


class CaptureOut(serializers.Serializer[Any]):
    """A friend who has found an animal, too."""

    user_id = serializers.UUIDField()
    username = serializers.CharField()
    captured_at = serializers.DateTimeField()


class DiscovererOut(serializers.Serializer[Any]):
    """Who found an animal first on this server."""

    user_id = serializers.UUIDField()
    username = serializers.CharField()
    is_self = serializers.BooleanField()
    is_friend = serializers.BooleanField()


class LineOut(serializers.Serializer[Any]):
    """A line of descent; a rank that it leaves out is empty."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Name the fields for the ranks; `class` is no name in Python."""
        ranks = ("kingdom", "phylum", "class", "order", "family", "genus", "species")
        return {rank: serializers.CharField(allow_blank=True) for rank in ranks}


class Point(serializers.ListField):
    """A place: how far right, how far down."""

    def __init__(self, **more: Any) -> None:
        super().__init__(child=serializers.FloatField(), min_length=2, max_length=2, **more)


class NodeOut(serializers.Serializer[Any]):
    """A group or an animal. What only animals have is left out of groups."""

    id = serializers.CharField()
    type = serializers.ChoiceField(NODE_TYPES)
    node_type = serializers.ChoiceField(NODE_TYPES)
    rank = serializers.CharField()
    name = serializers.CharField()
    scientific_name = serializers.CharField()
    common_name = serializers.CharField(allow_blank=True)
    children_count = serializers.IntegerField()
    animal_count = serializers.IntegerField(help_text="Animals at or below this node.")
    position = Point()
    captured_by_user = serializers.BooleanField()
    captured_by_friends = CaptureOut(many=True)
    capture_count = serializers.IntegerField()
    creation_index = serializers.IntegerField(required=False)
    taxonomy = LineOut(required=False)
    conservation_status = serializers.CharField(required=False, allow_blank=True)
    verified = serializers.BooleanField(required=False)
    discoverer = DiscovererOut(
        required=False, help_text="Left out where the viewer may not see the find that came first."
    )


class EdgeOut(serializers.Serializer[Any]):
    """A node and one directly below it. Both are in the tree."""

    source = serializers.CharField()  # type: ignore[assignment]  # a field, not what a field reads
    target = serializers.CharField()
    relationship = serializers.CharField()
    rank_transition = serializers.CharField()


class SizeOut(serializers.Serializer[Any]):
    """How wide and how high."""

    width = serializers.IntegerField()
    height = serializers.IntegerField()


class CellOut(serializers.Serializer[Any]):
    """What a cell of the drawing holds."""

    x = serializers.IntegerField()
    y = serializers.IntegerField()
    node_count = serializers.IntegerField()
    edge_count = serializers.IntegerField()
    bounds = serializers.ListField(child=serializers.IntegerField(), min_length=4, max_length=4)


class CellsOut(serializers.Serializer[Any]):
    """The cells that hold anything."""

    total_chunks = serializers.IntegerField()
    chunks = CellOut(many=True)


class LayoutOut(serializers.Serializer[Any]):
    """The frame of a drawing."""

    positions = serializers.DictField(child=Point())
    world_bounds = serializers.ListField(child=serializers.FloatField(), min_length=4, max_length=4)
    chunk_size = SizeOut()
    chunk_metadata = CellsOut()


class StatsOut(serializers.Serializer[Any]):
    """What a tree adds up to."""

    total_animals = serializers.IntegerField()
    total_nodes = serializers.IntegerField()
    total_edges = serializers.IntegerField()
    user_captures = serializers.IntegerField()
    friend_captures = serializers.IntegerField()
    unique_to_user = serializers.IntegerField()
    shared_with_friends = serializers.IntegerField()
    unique_kingdom = serializers.IntegerField()
    unique_phylum = serializers.IntegerField()
    unique_class = serializers.IntegerField()
    unique_order = serializers.IntegerField()
    unique_family = serializers.IntegerField()
    unique_genus = serializers.IntegerField()
    mode = serializers.ChoiceField([mode.value for mode in Mode])


@extend_schema_field({"oneOf": [{"type": "integer"}, {"type": "string", "enum": ["all"]}]})
class UsersField(serializers.Field[Any, Any, Any, Any]):
    """A number of people, or `all`."""


class MetadataOut(serializers.Serializer[Any]):
    """For whom a tree was drawn, and of what."""

    mode = serializers.ChoiceField([mode.value for mode in Mode])
    user_id = serializers.UUIDField()
    username = serializers.CharField()
    scoped_users = UsersField(help_text="How many people's finds it shows, or `all`.")
    total_animals = serializers.IntegerField()
    total_nodes = serializers.IntegerField()
    total_edges = serializers.IntegerField()
    cache_key = serializers.CharField(
        help_text="Changes exactly when the drawing does, and when it is drawn anew on request."
    )


class TreeOut(serializers.Serializer[Any]):
    """A tree, drawn."""

    nodes = NodeOut(many=True)
    edges = EdgeOut(many=True)
    layout = LayoutOut()
    stats = StatsOut()
    metadata = MetadataOut()


class ChunkEdgeOut(EdgeOut):
    """An edge that runs through a cell, with the places of its two ends, which may be in other cells."""

    points = serializers.ListField(child=Point(), min_length=2, max_length=2)


class CountsOut(serializers.Serializer[Any]):
    """How many of each."""

    nodes = serializers.IntegerField()
    edges = serializers.IntegerField()


class ChunkOut(serializers.Serializer[Any]):
    """One cell of a drawing."""

    x = serializers.IntegerField()
    y = serializers.IntegerField()
    bounds = serializers.ListField(child=serializers.IntegerField(), min_length=4, max_length=4)
    chunk_size = SizeOut()
    nodes = NodeOut(many=True)
    edges = ChunkEdgeOut(many=True)
    counts = CountsOut()


class FoundInTreeOut(serializers.Serializer[Any]):
    """A node that a search has found."""

    id = serializers.CharField()
    node_type = serializers.ChoiceField(NODE_TYPES)
    rank = serializers.CharField()
    scientific_name = serializers.CharField()
    common_name = serializers.CharField(allow_blank=True)
    position = Point()
    creation_index = serializers.IntegerField(required=False)


class TreeFriendOut(serializers.Serializer[Any]):
    """A friend whose finds a tree can show."""

    id = serializers.UUIDField()
    user_id = serializers.UUIDField()
    username = serializers.CharField()
    animal_count = serializers.IntegerField(help_text="How many of their animals the viewer may see.")
