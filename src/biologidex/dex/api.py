"""The dex for programs: file a find, read one's own cards."""

from typing import Any, cast
from uuid import UUID

from django.shortcuts import get_object_or_404
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from biologidex.accounts.models import User
from biologidex.animals.models import Animal, Taxon
from biologidex.core.api import paged
from biologidex.dex import services
from biologidex.dex.details import Details
from biologidex.dex.errors import NothingChosen
from biologidex.dex.models import DexEntry
from biologidex.dex.selectors import dex_of, with_card
from biologidex.dex.serializers import EntryIn, entry_out
from biologidex.media.places import Place
from biologidex.vision.models import AnalysisJob


def _taxon(job: AnalysisJob, sent: dict[str, Any]) -> Taxon:
    """Return the taxon that the client means: by animal, by taxon, or by the number of a candidate."""
    if "animal" in sent:
        animal = Animal.objects.select_related("taxon").filter(pk=sent["animal"]).first()
        if animal is None:
            raise NothingChosen("There is no such animal.", field="animal")
        return animal.taxon
    if "taxon" in sent:
        taxon = Taxon.objects.filter(pk=sent["taxon"]).first()
        if taxon is None:
            raise NothingChosen("There is no such taxon.", field="taxon")
        return taxon
    if "choice" in sent:
        return services.chosen_taxon(job=job, choice=sent["choice"])
    raise NothingChosen("Say which animal it is: send `animal`, `taxon` or `choice`.", field="animal")


def _details(sent: dict[str, Any], user: User) -> Details:
    given = {
        name: sent[name] for name in ("catch_date", "place_name", "notes", "is_favorite") if name in sent
    }
    place = Place.given(
        sent.get("latitude"),
        sent.get("longitude"),
        sent.get("accuracy_m"),
        source=DexEntry.PlaceSource.PERSON,
    )
    visibility = sent.get("visibility", user.profile.default_visibility)
    return Details(visibility=visibility, place=place, **given)


class Entries(APIView):
    """File finds."""

    def post(self, request: Request) -> Response:
        """File the photo of an identification under an animal. Repeating the call changes nothing."""
        form = EntryIn(data=request.data)
        form.is_valid(raise_exception=True)
        sent = form.validated_data
        user = cast("User", request.user)
        jobs = AnalysisJob.objects.visible_to(user).select_related("photo")
        job = get_object_or_404(jobs, pk=sent["source_vision_job"])
        details = services.details_from_photo(job, _details(sent, user))
        entry, is_new = services.record_find(by=user, job=job, taxon=_taxon(job, sent), details=details)
        shown = with_card(DexEntry.objects.filter(pk=entry.pk)).get()
        return Response(
            entry_out(shown, request), status=status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        )


class MyEntries(APIView):
    """One's own cards."""

    def get(self, request: Request) -> Response:
        """List them, newest first."""
        return paged(
            dex_of(cast("User", request.user)),
            request,
            view=self,
            ordering=("-created_at", "pk"),
            shape=lambda entries: [entry_out(entry, request) for entry in entries],
        )


class EntryDetail(APIView):
    """One card."""

    def get(self, request: Request, entry_id: UUID) -> Response:
        """Show it to whoever may see it."""
        visible = with_card(DexEntry.objects.visible_to(request.user))
        return Response(entry_out(get_object_or_404(visible, pk=entry_id), request))
