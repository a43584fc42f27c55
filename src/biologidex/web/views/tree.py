"""The tree of life: a page to wander through, and what its script and its list ask for."""

from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from biologidex.dex.models import DexEntry
from biologidex.dex.selectors import with_card
from biologidex.graph import browsing, selectors
from biologidex.graph.finds import RANKS
from biologidex.graph.outline import ROOT, Outline
from biologidex.graph.scope import Mode, Scope
from biologidex.media import services as media
from biologidex.web import names, tree_picture, trees
from biologidex.web.access import PersonRequest, signed_in
from biologidex.web.growth import growth_of
from biologidex.web.ranks import rank_title

CARDS = 12  # beside a line of descent
RESULTS = 12
PICTURES = 60  # asked for at once
OF_OTHERS = 500  # cards looked through for them
COLUMNS = {rank: f"animal__taxon__{'class_name' if rank == 'class' else rank}" for rank in RANKS}


def _asked(request: PersonRequest) -> tuple[Scope, trees.Choice]:
    return trees.scope_for(request.user, trees.Choice.of_query(request.GET))


def _language() -> str:
    return (get_language() or browsing.ENGLISH).partition("-")[0]


def _place(outline: Outline, key: str) -> int:
    place = outline.place_of(key)
    if place is None:
        raise Http404
    return place


@signed_in
@require_safe
def tree(request: PersonRequest) -> HttpResponse:
    """Show a tree. Without scripts it is a list, searched and opened by asking for the page again."""
    scope, choice = _asked(request)
    outline = browsing.outline_for(scope, _language())
    # What was there yesterday may have been taken back: then the page begins at the top.
    at = outline.place_of(choice.at) or ROOT
    shown: dict[str, Any] = {
        "choice": choice,
        "modes": [(mode, word, mode == choice.mode and not choice.of) for mode, word in trees.MODES.items()],
        "scope": scope,
        "total": outline.animals,
        "own": outline[ROOT].own,
        "top": trees.list_of(outline, at, choice.start),
        "growth": growth_of(outline.days()),
        "ranks": [(rank, rank_title(rank)) for rank in RANKS if rank != "subspecies"],
    }
    if choice.mode == Mode.SELECTED and not choice.of:
        shown["friends"] = selectors.friends_for(request.user)
        shown["chosen"] = {str(friend) for friend in scope.friends}
    if choice.text:
        shown |= _results(scope, outline, choice)
    if at != ROOT:
        shown |= _line(scope, outline, at)
    return render(request, "web/tree.html", shown)


@signed_in
@require_safe
def search(request: PersonRequest) -> HttpResponse:
    """List what is found, while somebody types."""
    scope, choice = _asked(request)
    found = _results(scope, browsing.outline_for(scope, _language()), choice)
    return render(request, "web/_tree_results.html", {"choice": choice, **found})


def _results(scope: Scope, outline: Outline, choice: trees.Choice) -> dict[str, Any]:
    places, count = browsing.named(scope, outline, choice.text, limit=RESULTS, language=_language())
    results = [trees.Branch(outline[place]) for place in places]
    return {"results": results, "count": count, "more": count - len(results)}


@signed_in
@require_safe
def branch(request: PersonRequest) -> HttpResponse:
    """List what is directly below a node, for a list that is being opened."""
    scope, choice = _asked(request)
    outline = browsing.outline_for(scope, _language())
    opened = trees.branches_of(outline, _place(outline, choice.at), choice.start)
    return render(request, "web/_tree_items.html", {"choice": choice, "branch": opened})


@signed_in
@require_safe
def line(request: PersonRequest) -> HttpResponse:
    """Tell the line of descent of a node, and show cards of what is below it."""
    scope, choice = _asked(request)
    outline = browsing.outline_for(scope, _language())
    shown = _line(scope, outline, _place(outline, choice.at))
    return render(request, "web/_tree_line.html", {"choice": choice, **shown})


def _line(scope: Scope, outline: Outline, at: int) -> dict[str, Any]:
    steps = [trees.Branch(outline[place]) for place in outline.line_of(at)]
    cards = list(with_card(_cards(scope, [step.row for step in steps]))[:CARDS])
    names.prepare(entry.animal.taxon for entry in cards)
    node = steps[-1]
    return {
        "node": node,
        "steps": steps,
        "cards": cards,
        "taxon": cards[0].animal.taxon if cards and node.row.is_animal else None,
    }


def _cards(scope: Scope, line: list[Any]) -> QuerySet[DexEntry]:
    """Return the cards at or below the end of a line: one's own first, then the newest."""
    last = line[-1]
    if last.is_animal:
        below = Q(animal__creation_index=int(last.key))
    else:
        below = Q(**{COLUMNS[row.rank]: row.scientific_name for row in line if row.rank in COLUMNS})
    own_first = Case(When(owner=scope.viewer, then=Value(0)), default=Value(1), output_field=IntegerField())
    return scope.finds().filter(below).order_by(own_first, "-created_at", "pk")


@signed_in
@require_safe
def data(request: PersonRequest) -> HttpResponse:
    """Send one part of the outline to the script that draws it."""
    scope, _ = _asked(request)
    number = request.GET.get("part", "0")
    part = (
        browsing.part_for(scope, int(number), _language()) if number.isdecimal() and len(number) < 6 else None
    )
    if part is None:
        raise Http404
    etag = f'"{part.mark}-{number}"'
    unchanged: HttpResponse | None = get_conditional_response(request, etag=etag)
    if unchanged:
        return unchanged
    packs = "gzip" in request.headers.get("Accept-Encoding", "")
    answer = HttpResponse(part.packed if packs else part.content, content_type="application/json")
    answer["ETag"] = etag
    if packs:
        answer["Content-Encoding"] = "gzip"
    patch_vary_headers(answer, ["Accept-Encoding"])
    return answer


@signed_in
@require_safe
def pictures(request: PersonRequest) -> JsonResponse:
    """Tell where small pictures of animals are, by their numbers: of one's own cards where there are some."""
    scope, _ = _asked(request)
    asked = request.GET.get("n", "").split(",")[:PICTURES]
    numbers = {int(number) for number in asked if number.isdecimal() and len(number) < 10}
    finds = scope.finds().filter(animal__creation_index__in=numbers)
    found = _first_pictures(finds.filter(owner=request.user))
    others = finds.exclude(animal__creation_index__in=found)
    found |= _first_pictures(others.order_by("animal__creation_index", "pk")[:OF_OTHERS])
    return JsonResponse(
        {str(number): media.address(photo, "thumb", viewer=request.user) for number, photo in found.items()}
    )


def _first_pictures(entries: QuerySet[DexEntry]) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for entry in with_card(entries):
        for shown in entry.photos.all()[:1]:
            found.setdefault(entry.animal.creation_index, shown.photo)
    return found


@signed_in
@require_safe
def newick(request: PersonRequest) -> HttpResponse:
    """Hand the tree out for programs that read phylogenies."""
    scope, _ = _asked(request)
    written = selectors.newick_for(scope, ranks=True)
    return _download(written, "text/plain; charset=utf-8", "nwk")


@signed_in
@require_safe
def picture(request: PersonRequest) -> HttpResponse:
    """Hand the tree out as a picture: without places, and without anybody's name but one's own."""
    scope, choice = _asked(request)
    outline = browsing.outline_for(scope, _language())
    drawn = tree_picture.drawn(
        outline, title=_title(scope, choice), on=timezone.localdate(), is_round=choice.is_round
    )
    return _download(drawn, "image/svg+xml; charset=utf-8", "svg")


def _title(scope: Scope, choice: trees.Choice) -> str:
    if choice.of:
        return str(trees.TITLES["of"])
    return str(trees.TITLES[scope.mode]) % {"name": scope.viewer.username}


def _download(content: str, kind: str, extension: str) -> HttpResponse:
    name = f"tree-of-life-{timezone.localdate():%Y-%m-%d}.{extension}"
    return HttpResponse(
        content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
