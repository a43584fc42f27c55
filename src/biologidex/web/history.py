"""What was done to a card, in words for its owner: what people said, what machines said, and what was put right."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from biologidex.dex.models import DexEntry, EntryChange, EntryPhoto
from biologidex.vision.models import AnalysisJob
from biologidex.vision.selectors import Outcome, Suggestion, outcomes
from biologidex.web import names
from biologidex.web.templatetags.plates import name_of, share

LISTED = 50
Kind = EntryChange.Kind
FIELDS = {
    "visibility": gettext_lazy("who may see it"),
    "geoprivacy": gettext_lazy("how exactly the place is told"),
    "license": gettext_lazy("the licence"),
    "establishment": gettext_lazy("wild or captive"),
    "catch_date": gettext_lazy("the date"),
    "place": gettext_lazy("the coordinates"),
    "place_name": gettext_lazy("the place"),
    "notes": gettext_lazy("the notes"),
}


@dataclass(frozen=True)
class Event:
    """Something that happened to a card."""

    at: datetime
    icon: str
    words: str


def history_of(entry: DexEntry) -> list[Event]:
    """Return what happened to a card, the newest first. For its owner alone."""
    changes = list(entry.changes.order_by("-at", "-pk")[:LISTED])
    events = [_changed(change) for change in changes]
    if not any(change.kind == Kind.FILED for change in changes):  # cards made before changes were noted
        events.append(Event(entry.created_at, "book", _("You filed it.")))
    shown = EntryPhoto.objects.filter(entry=entry, job__status=AnalysisJob.Status.COMPLETED).select_related(
        "job"
    )
    jobs = [one.job for one in shown.order_by("-added_at")[:LISTED] if one.job]
    told = outcomes(jobs)
    names.prepare(one.taxon for one in map(_likeliest, told) if one and one.taxon)
    events += [_looked(job, outcome) for job, outcome in zip(jobs, told, strict=True)]
    return sorted(events, key=lambda event: event.at, reverse=True)[:LISTED]


def _changed(change: EntryChange) -> Event:
    match change.kind:
        case Kind.FILED:
            return Event(change.at, "book", _("You filed it as %(name)s.") % {"name": change.after})
        case Kind.IDENTIFIED:
            names = {"before": change.before, "after": change.after}
            return Event(change.at, "retry", _("You corrected it from %(before)s to %(after)s.") % names)
        case Kind.JOINED:
            return Event(change.at, "link", _("Your other card of this animal became one with it."))
        case Kind.PHOTO_ADDED:
            return Event(change.at, "camera", _("A photo was put on it."))
        case Kind.PHOTO_REMOVED:
            return Event(change.at, "trash", _("A photo was taken off it."))
    told = ", ".join(str(FIELDS[name]) for name in change.fields.split(",") if name in FIELDS)
    return Event(change.at, "note", _("You changed %(fields)s.") % {"fields": told})


def _likeliest(outcome: Outcome) -> Suggestion | None:
    return outcome.sure or next(iter(outcome.candidates), None)


def _looked(job: AnalysisJob, outcome: Outcome) -> Event:
    """Say what a machine made of a photo."""
    provider = str(job.answer.get("provider", ""))
    who = _("This server") if provider in {"local", ""} else provider
    likeliest = _likeliest(outcome)
    at = job.completed_at or job.created_at
    if likeliest is None:
        return Event(at, "search", _("%(who)s could not tell what the photo shows.") % {"who": who})
    name = name_of(likeliest.taxon) if likeliest.taxon else likeliest.scientific_name
    told = {"who": who, "name": name, "share": share(likeliest.probability)}
    if outcome.sure:
        return Event(at, "search", _("%(who)s was sure of %(name)s (%(share)s).") % told)
    return Event(at, "search", _("%(who)s guessed %(name)s (%(share)s).") % told)
