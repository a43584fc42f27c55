"""What is shown of a tree: which one is asked for, its branches as a list, and one line of descent."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from django.http import Http404, QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from biologidex.accounts.models import User
from biologidex.graph.outline import ROOT, Outline, Row
from biologidex.graph.scope import Mode, Scope, scope_of
from biologidex.social.selectors import friends_of
from biologidex.web.ranks import rank_title

MODES: dict[Mode, Promise] = {
    Mode.FRIENDS: _("You and friends"),
    Mode.PERSONAL: _("You alone"),
    Mode.SELECTED: _("Chosen friends"),
    Mode.GLOBAL: _("Everybody"),
}
# Above a picture that is shared: nobody is named but its owner.
TITLES: dict[str, Promise] = {
    Mode.FRIENDS: _("The tree of life of %(name)s and friends"),
    Mode.PERSONAL: _("The tree of life of %(name)s"),
    Mode.SELECTED: _("The tree of life of %(name)s and friends"),
    Mode.GLOBAL: _("The tree of life of everybody here"),
    "of": _("The tree of life of a friend"),
}
SHAPES = ("round", "branches")  # without a word the page chooses, by the room it has
MOST_FRIENDS = 50  # chosen: each link of the page names them
LONGEST = 200  # characters of a name or key in an address
SIDE_BY_SIDE = 200  # branches of one group that a list shows at once
WHOLE = 400  # a tree of so few nodes is listed whole
AT_A_GLANCE = 120  # and one of so few stands open
LARGE = {"kingdom", "phylum", "class"}  # groups that stand open, too, if the tree is listed whole


@dataclass(frozen=True)
class Choice:
    """Which tree an address asks for, and where in it. What makes no sense there is ignored."""

    mode: Mode
    friends: tuple[UUID, ...]
    of: str
    as_list: bool
    shape: str
    at: str
    start: int
    text: str

    @classmethod
    def of_query(cls, asked: QueryDict) -> "Choice":
        """Read it."""
        mode = asked.get("mode", "")
        return cls(
            mode=Mode(mode) if mode in list(Mode) else Mode.FRIENDS,
            friends=tuple(_ids(asked.getlist("friend"))),
            of=_short(asked.get("of", "")),
            as_list=asked.get("as") == "list",
            shape=shape if (shape := asked.get("shape", "")) in SHAPES else "",
            at=_short(asked.get("at", "")),
            start=min(int(start), 10**6) if (start := asked.get("start", "")).isdecimal() else 0,
            text=_short(asked.get("q", "")),
        )

    def query(self, **changed: str) -> str:
        """Return the query of the same tree, at its top unless told otherwise; a blank drops something."""
        is_selected = self.mode == Mode.SELECTED == changed.get("mode", self.mode)
        asked: dict[str, str | list[str]] = {
            "mode": "" if self.of or self.mode == Mode.FRIENDS else self.mode,
            "of": self.of,
            "friend": [str(friend) for friend in self.friends] if is_selected else [],
            "as": "list" if self.as_list else "",
            **changed,
        }
        return urlencode({name: value for name, value in asked.items() if value}, doseq=True)

    @property
    def is_round(self) -> bool:
        """Whether a picture of it is round."""
        return self.shape != "branches"

    @property
    def tree(self) -> str:
        """Return what names the tree alone, whatever is shown of it."""
        return self.query(**{"as": ""})

    @property
    def fields(self) -> list[tuple[str, str]]:
        """Return the same as fields of a form."""
        return parse_qsl(self.query())


def _short(text: str) -> str:
    return text.strip()[:LONGEST].replace("\x00", "")


def _ids(texts: list[str]) -> Iterator[UUID]:
    for text in dict.fromkeys(texts[:MOST_FRIENDS]):
        try:
            yield UUID(text)
        except ValueError:
            continue


def scope_for(viewer: User, choice: Choice) -> tuple[Scope, Choice]:
    """Return whose finds the tree shows, and the choice as it turned out; somebody who is no friend is not found."""
    if not choice.of:
        shown = scope_of(viewer, choice.mode, choice.friends)
        chosen = tuple(shown.friends) if choice.mode == Mode.SELECTED else ()
        return shown, replace(choice, friends=chosen)
    if choice.of.casefold() == viewer.username.casefold():
        choice = replace(choice, of="", mode=Mode.PERSONAL)
        return scope_of(viewer, choice.mode), choice
    friend = friends_of(viewer).filter(username__iexact=choice.of).first()
    scope = scope_of(viewer, Mode.SELECTED, [friend.pk], alone=True) if friend else None
    if scope is None or not scope.friends:
        raise Http404
    return scope, replace(choice, of=scope.friends[friend.pk] if friend else "")


@dataclass
class Branch:
    """A node in a list. Its branches are here, or fetched when it is opened."""

    row: Row
    is_open: bool = False
    is_chosen: bool = False
    is_here: bool = True
    below: list["Branch"] = field(default_factory=list)
    before: int | None = None
    after: int | None = None

    @property
    def rank(self) -> str:
        """Say the rank."""
        return rank_title(self.row.rank)


def branches_of(outline: Outline, index: int, start: int = 0) -> Branch:
    """Return a node with those directly below it, from the one at `start`."""
    branch = Branch(outline[index], is_open=True)
    _put(outline, index, branch, start, set())
    return branch


def list_of(outline: Outline, at: int, start: int = 0) -> Branch:
    """Return the tree as a list: whole if it is small, else opened as far as one node, `start` branches into it."""
    top = Branch(outline[ROOT], is_open=True)
    line = set(outline.line_of(at))
    waiting = [(ROOT, top)]
    while waiting:
        index, branch = waiting.pop()
        branch.is_chosen = index == at != ROOT
        branch.is_here = branch.is_open or len(outline.rows) <= WHOLE
        if branch.is_here:
            waiting += _put(outline, index, branch, start if index == at else 0, line)
    return top


def _put(
    outline: Outline, index: int, branch: Branch, start: int, line: set[int]
) -> list[tuple[int, Branch]]:
    """Put those directly below a node into its branch; return those that have others below them."""
    children = outline.children_of(index)
    wanted = next((place for place, child in enumerate(children) if child in line), start)
    start = min(wanted, max(0, len(children) - 1)) // SIDE_BY_SIDE * SIDE_BY_SIDE
    shown = children[start : start + SIDE_BY_SIDE]
    branch.before = max(0, start - SIDE_BY_SIDE) if start else None
    branch.after = start + SIDE_BY_SIDE if start + SIDE_BY_SIDE < len(children) else None
    opens = len(children) == 1 or len(outline.rows) <= AT_A_GLANCE
    large = LARGE if len(outline.rows) <= WHOLE else set()
    branch.below = [
        Branch(row, is_open=opens or child in line or row.rank in large, is_here=False)
        for child, row in ((child, outline[child]) for child in shown)
    ]
    return list(zip(shown, branch.below, strict=True))
