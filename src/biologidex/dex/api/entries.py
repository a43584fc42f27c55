"""Cards for programs: file a find, read, change and delete cards."""

from typing import Any, cast
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from biologidex.accounts.models import User
from biologidex.animals.models import Animal, Taxon
from biologidex.core.schema import NOTHING, page_of
from biologidex.dex import services
from biologidex.dex.api.lists import ENTRY_FILTERS, answer_page, filtered
from biologidex.dex.details import Details
from biologidex.dex.errors import NothingChosen
from biologidex.dex.models import DexEntry
from biologidex.dex.selectors import card_rows, with_card
from biologidex.dex.serializers import EntryChange, EntryIn, EntryOut, EntryPhotoIn, entry_out
from biologidex.media.models import Photo
from biologidex.media.places import Place
from biologidex.vision.models import AnalysisJob

WORDS = (
    *("visibility", "geoprivacy", "license", "establishment"),
    *("catch_date", "place_name", "notes", "is_favorite"),
)


def _animal(animal_id: UUID) -> Animal:
    animal = Animal.objects.select_related("taxon").filter(pk=animal_id).first()
    if animal is None:
        raise NothingChosen(_("There is no such animal."), field="animal")
    return animal


def _taxon(job: AnalysisJob, sent: dict[str, Any]) -> Taxon:
    """Return the taxon that the client means: by animal, by taxon, or by the number of a candidate."""
    if "animal" in sent:
        return _animal(sent["animal"]).taxon
    if "taxon" in sent:
        taxon = Taxon.objects.filter(pk=sent["taxon"]).first()
        if taxon is None:
            raise NothingChosen(_("There is no such taxon."), field="taxon")
        return taxon
    if "choice" in sent:
        return services.chosen_taxon(job=job, choice=sent["choice"])
    raise NothingChosen(_("Say which animal it is: send `animal`, `taxon` or `choice`."), field="animal")


def _details(sent: dict[str, Any], base: Details) -> Details:
    """Return the details with what was sent in place of what was there."""
    said = {name: sent[name] for name in WORDS if name in sent}
    return base.saying(**said, place=_place(sent, base.place))


def _place(sent: dict[str, Any], known: Place | None) -> Place | None:
    now = (known.latitude, known.longitude, known.accuracy_m) if known else (None, None, None)
    names = ("latitude", "longitude", "accuracy_m")
    told = tuple(sent.get(name, value) for name, value in zip(names, now, strict=True))
    if told == now:
        return known
    if told[:2] != now[:2] and "accuracy_m" not in sent:
        told = (*told[:2], None)  # how exact another place was says nothing about this one
    return Place.given(*told, source=DexEntry.PlaceSource.PERSON)


def _visible(request: Request) -> QuerySet[DexEntry]:
    return with_card(DexEntry.objects.visible_to(request.user))


def _rows(request: Request) -> QuerySet[DexEntry, Any]:
    return card_rows(DexEntry.objects.visible_to(request.user))


def _shown(request: Request, entry: DexEntry, status_code: int = status.HTTP_200_OK) -> Response:
    return Response(entry_out(_rows(request).get(pk=entry.pk), request), status=status_code)


class Entries(APIView):
    """Cards, and finds to become some."""

    @extend_schema(
        tags=["dex"], operation_id="entries", parameters=ENTRY_FILTERS, responses=page_of(EntryOut)
    )
    def get(self, request: Request) -> Response:
        """List every card that one may see, the newest first."""
        entries = filtered(DexEntry.objects.visible_to(request.user), request)
        return answer_page(entries, request, view=self)

    @extend_schema(
        tags=["dex"], operation_id="file_entry", request=EntryIn, responses={200: EntryOut, 201: EntryOut}
    )
    def post(self, request: Request) -> Response:
        """File the photo of an identification under an animal. Repeating the call changes nothing."""
        form = EntryIn(data=request.data)
        form.is_valid(raise_exception=True)
        sent = form.validated_data
        user = cast("User", request.user)
        jobs = AnalysisJob.objects.visible_to(user).select_related("photo")
        job = get_object_or_404(jobs, pk=sent["source_vision_job"])
        details = services.details_from_photo(job, _details(sent, Details.usual(user.profile)))
        entry, is_new = services.record_find(by=user, job=job, taxon=_taxon(job, sent), details=details)
        return _shown(request, entry, status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)


class EntryDetail(APIView):
    """One card."""

    @extend_schema(tags=["dex"], operation_id="entry", responses=EntryOut)
    def get(self, request: Request, entry_id: UUID) -> Response:
        """Show it to whoever may see it."""
        return Response(entry_out(get_object_or_404(_rows(request), pk=entry_id), request))

    @extend_schema(tags=["dex"], operation_id="put_entry", request=EntryChange, responses=EntryOut)
    def put(self, request: Request, entry_id: UUID) -> Response:
        """Change what is sent and leave the rest, as PATCH does: the existing client sends the animal alone."""
        return self._change(request, entry_id)

    @extend_schema(tags=["dex"], operation_id="change_entry", request=EntryChange, responses=EntryOut)
    def patch(self, request: Request, entry_id: UUID) -> Response:
        """Change what is sent. With another `animal` it stays the same card under the other number."""
        return self._change(request, entry_id)

    @extend_schema(tags=["dex"], operation_id="delete_entry", responses={204: NOTHING})
    def delete(self, request: Request, entry_id: UUID) -> Response:
        """Take it out of the dex, with the photos that nothing else shows."""
        entry = get_object_or_404(_visible(request), pk=entry_id)
        services.delete(by=cast("User", request.user), entry=entry)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _change(self, request: Request, entry_id: UUID) -> Response:
        entry = get_object_or_404(_visible(request), pk=entry_id)
        form = EntryChange(data=request.data)
        form.is_valid(raise_exception=True)
        sent = dict(form.validated_data)
        animal = _animal(sent.pop("animal")) if "animal" in sent else None
        details = _details(sent, Details.of(entry)) if sent else None
        services.change(by=cast("User", request.user), entry=entry, details=details, animal=animal)
        return _shown(request, entry)


class EntryFavorite(APIView):
    """Whether a card is a favourite."""

    @extend_schema(tags=["dex"], operation_id="toggle_favorite", request=None, responses=EntryOut)
    def post(self, request: Request, entry_id: UUID) -> Response:
        """Mark it as a favourite, or no longer."""
        entry = get_object_or_404(_visible(request), pk=entry_id)
        services.mark_favorite(by=cast("User", request.user), entry=entry, is_favorite=not entry.is_favorite)
        return _shown(request, entry)


class EntryPhotos(APIView):
    """The photos on a card."""

    @extend_schema(tags=["dex"], operation_id="add_entry_photo", request=EntryPhotoIn, responses=EntryOut)
    def post(self, request: Request, entry_id: UUID) -> Response:
        """Put one more of one's photos onto it."""
        entry = get_object_or_404(_visible(request), pk=entry_id)
        form = EntryPhotoIn(data=request.data)
        form.is_valid(raise_exception=True)
        sent = form.validated_data
        photos = Photo.objects.visible_to(request.user)
        if "photo" in sent:
            photo = get_object_or_404(photos, pk=sent["photo"])
        else:
            jobs = AnalysisJob.objects.visible_to(request.user).select_related("photo")
            photo = get_object_or_404(jobs, pk=sent["source_vision_job"]).photo
        services.add_photo(by=cast("User", request.user), entry=entry, photo=photo)
        return _shown(request, entry)


class EntryPhotoDetail(APIView):
    """One photo on a card."""

    @extend_schema(tags=["dex"], operation_id="remove_entry_photo", responses={204: NOTHING})
    def delete(self, request: Request, entry_id: UUID, photo_id: UUID) -> Response:
        """Take it off the card, and away if nothing else shows it."""
        entry = get_object_or_404(_visible(request), pk=entry_id)
        services.remove_photo(by=cast("User", request.user), entry=entry, photo_id=photo_id)
        return Response(status=status.HTTP_204_NO_CONTENT)
