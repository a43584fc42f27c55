"""Friends: who is one, who asks, whom one wants nothing to do with."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from biologidex.accounts import services as accounts
from biologidex.accounts.models import User
from biologidex.core.api import said, status_of
from biologidex.core.errors import DomainError, NotFound
from biologidex.core.throttling import spend
from biologidex.dex.selectors import counts_for
from biologidex.social import selectors, services
from biologidex.social.errors import NoSuchRequest
from biologidex.social.models import Friendship
from biologidex.web.access import PersonRequest, signed_in
from biologidex.web.people_forms import CodeForm
from biologidex.web.qr import qr_code

MOST = 100  # requests on the page; those who have more answer some first


def link_of(person: User) -> str:
    """Return the address by which others ask a person to be their friend."""
    return f"{settings.SITE_URL}{reverse('web:add-friend', args=[person.friend_code])}"


def _page(request: PersonRequest, form: CodeForm, status: int = 200) -> HttpResponse:
    me = request.user
    people = list(selectors.friends_of(me))
    counts = counts_for(me, selectors.friends_of(me)) if people else {}
    link = link_of(me)
    shown = {
        "form": form,
        "link": link,
        "qr": qr_code(link, title=_("Your friend code as a QR code")),
        "friends": [(friend, counts.get(friend.pk)) for friend in people],
        "asking": selectors.requests_to(me)[:MOST],
        "asked": selectors.requests_by(me)[:MOST],
        "blocks": selectors.blocks_of(me).order_by("blocked__username"),
    }
    return render(request, "web/friends.html", shown, status=status)


@signed_in
@require_safe
def friends(request: PersonRequest) -> HttpResponse:
    """Show one's friends and requests, and how to find more."""
    return _page(request, CodeForm())


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: PersonRequest) -> HttpResponse:
    """Ask whoever has this code to be one's friend."""
    if request.method != "POST":  # somebody reloads after a mistake, or signed in on the way
        return redirect("web:friends")
    form, status = CodeForm(request.POST), 400
    if form.is_valid():
        try:
            spend("friend_code", str(request.user.pk))
            whom = services.person_meant(friend_code=form.cleaned_data["code"])
            friendship, is_new = services.ask(by=request.user, whom=whom)
        except DomainError as error:
            form.add_error("code", said(error))
            status = status_of(error)
        else:
            messages.success(request, _asked(friendship, whom, is_new=is_new))
            return redirect("web:friends")
    return _page(request, form, status=status)


def _asked(friendship: Friendship, whom: User, *, is_new: bool) -> str:
    name = {"name": whom.username}
    if friendship.is_accepted:
        return _("You and %(name)s are friends now.") % name
    if is_new:
        return _("%(name)s will see your request. You are friends as soon as it is accepted.") % name
    return _("You have asked %(name)s already. Your request is waiting.") % name


@signed_in
@require_safe
def add(request: PersonRequest, code: str) -> HttpResponse:
    """Ask before asking: a link alone makes nobody a friend."""
    spend("friend_code", str(request.user.pk))
    whom = services.person_meant(friend_code=code)
    friendship = Friendship.objects.visible_to(request.user).between(request.user, whom).first()
    shown = {"whom": whom, "friendship": friendship, "is_me": whom == request.user}
    shown["asks_me"] = bool(
        friendship and not friendship.is_accepted and friendship.asked_id == request.user.pk
    )
    return render(request, "web/friend_add.html", shown)


@signed_in
@require_POST
def new_code(request: PersonRequest) -> HttpResponse:
    """Take another code, so that the old one leads nowhere."""
    spend("friend_code", str(request.user.pk))
    accounts.renew_friend_code(by=request.user)
    messages.success(request, _("This is your new code. The old one and its link lead nowhere now."))
    return redirect("web:friends")


@signed_in
@require_POST
def answer(request: PersonRequest, friendship_id: UUID, what: str) -> HttpResponse:
    """Accept or reject a request, or take back one's own."""
    mine = selectors.with_people(Friendship.objects.visible_to(request.user))
    found = mine.filter(pk=friendship_id).first()
    if found is None or what not in {"accept", "reject", "cancel"}:
        raise NoSuchRequest(_("This request is not there any more."))
    if what == "accept":
        services.accept(by=request.user, request=found)
        messages.success(request, _("You and %(name)s are friends now.") % {"name": found.asked_by.username})
    elif what == "reject":
        services.reject(by=request.user, request=found)
        messages.success(
            request, _("The request is gone. %(name)s is not told.") % {"name": found.asked_by.username}
        )
    else:
        if found.is_accepted or found.asked_by_id != request.user.pk:
            raise NoSuchRequest(_("This request is not there any more."))
        services.end(by=request.user, friendship=found)
        messages.success(request, _("Your request is taken back."))
    return redirect("web:friends")


def known(request: PersonRequest, username: str) -> User:
    """Return somebody whom one knows anyway: a friend, or one side of a request. Of others it is told to nobody."""
    near = Friendship.objects.visible_to(request.user)
    for friendship in selectors.with_people(near.filter(asked_by__username=username, asked=request.user)):
        return friendship.asked_by
    for friendship in selectors.with_people(near.filter(asked__username=username, asked_by=request.user)):
        return friendship.asked
    raise NotFound(_("Nobody of this name is among your friends or requests."))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: PersonRequest, username: str) -> HttpResponse:
    """Part from a friend, after a question."""
    friend = selectors.friends_of(request.user).filter(username=username).first()
    if friend is None:
        raise NotFound(_("Nobody of this name is among your friends."))
    if request.method != "POST":
        return render(request, "web/friend_remove.html", {"friend": friend})
    services.unfriend(by=request.user, which=friend.pk)
    messages.success(request, _("You and %(name)s are not friends any more.") % {"name": friend.username})
    return redirect("web:friends")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def block(request: PersonRequest, username: str) -> HttpResponse:
    """Have nothing to do with somebody any more, after a word on what that means."""
    whom = known(request, username)
    if request.method != "POST":
        return render(request, "web/friend_block.html", {"whom": whom})
    services.block(by=request.user, whom=whom)
    messages.success(request, _("%(name)s is blocked, and is not told.") % {"name": whom.username})
    return redirect("web:friends")


@signed_in
@require_POST
def unblock(request: PersonRequest, block_id: UUID) -> HttpResponse:
    """Lift a block of one's own."""
    services.unblock(by=request.user, which=block_id)
    messages.success(request, _("The block is lifted. You are not friends; either of you may ask."))
    return redirect("web:friends")
