"""The admin: on a host of its own, for whoever may do everything, to look and change nothing."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

import biologidex.config.admin_urls  # noqa: F401 -- it fills the site
import make
from biologidex.accounts.models import Session, User
from biologidex.core import audit
from biologidex.core.admin import site
from biologidex.core.models import AuditEntry
from biologidex.dex.models import DexEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_folder")]
HOST = "admin.testserver"


@pytest.fixture
def uma(db: None) -> User:
    """Somebody who may do everything."""
    return make.user("uma", is_staff=True, is_superuser=True)


def at_admin(user: User | None = None, **options: Any) -> Client:
    client = Client(headers={"host": HOST}, **options)
    if user:
        client.force_login(user)
    return client


@pytest.mark.parametrize("path", ["/admin/", "/admin/login/", "/admin/accounts/user/", "/admin", "/ADMIN/"])
def test_at_every_other_host_there_is_no_such_thing(uma: User, path: str) -> None:
    client = Client()
    client.force_login(uma)

    assert client.get(path).status_code == 404


def test_it_is_for_whoever_may_do_everything(uma: User, ann: User) -> None:
    assertContains(at_admin(uma).get("/admin/"), "Users")
    staff = make.user("sam", is_staff=True)

    for somebody in (ann, staff):
        answer = at_admin(somebody).get("/admin/", follow=True)
        assert answer.status_code == 404
    assertRedirects(at_admin().get("/admin/"), "/admin/login/?next=/admin/", fetch_redirect_response=False)
    assertRedirects(at_admin().get("/admin/login/?next=/admin/"), "/sign-in/?next=/admin/")


def test_one_signs_in_where_everybody_does_with_cookies_that_no_link_brings_along(uma: User) -> None:
    client = at_admin()

    answer = client.post("/sign-in/", {"name": "uma", "password": make.PASSWORD, "next": "/admin/"})

    assertRedirects(answer, "/admin/")
    assert client.cookies["sessionid"]["samesite"] == "Strict"
    elsewhere = Client()
    elsewhere.post("/sign-in/", {"name": "uma", "password": make.PASSWORD})
    assert elsewhere.cookies["sessionid"]["samesite"] == "Lax"


def test_passwords_and_sign_ins_end_by_our_own_rules(uma: User) -> None:
    client = at_admin()
    client.post("/sign-in/", {"name": "uma", "password": make.PASSWORD})
    assert client.get("/admin/password_change/")["Location"] == "/settings/password/"

    assert client.post("/admin/logout/", follow=True).status_code == 200

    assert not Session.objects.filter(user=uma).exists()


@pytest.mark.parametrize("model", sorted(site._registry, key=str))
def test_every_table_is_read_and_none_is_changed(uma: User, ann: User, model: Any) -> None:
    make.dex_entry(ann)
    client, path = at_admin(uma), f"/admin/{model._meta.label_lower.replace('.', '/')}/"

    assert client.get(path).status_code == 200
    assert client.get(f"{path}?q=a").status_code == 200
    assert client.get(f"{path}add/").status_code == 403
    row = model._default_manager.first()
    if row is not None:
        assert client.get(f"{path}{row.pk}/change/").status_code == 200
        assert client.post(f"{path}{row.pk}/change/", {}).status_code == 403
        assert client.post(f"{path}{row.pk}/delete/", {"post": "yes"}).status_code == 403
        assert model._default_manager.filter(pk=row.pk).exists()


def test_everybodys_rows_are_seen_and_which_was_opened_is_written_down(uma: User, ann: User) -> None:
    entry = make.dex_entry(ann, visibility="private", notes="<script>alert(1)</script>")
    path = f"/admin/dex/dexentry/{entry.pk}/change/"

    page = at_admin(uma).get(path)

    assertContains(page, "&lt;script&gt;")
    assertNotContains(page, "<script>alert")
    assert list(AuditEntry.objects.values_list("actor_id", "action", "target_kind", "target_id")) == [
        (str(uma.pk), "admin.look", "dexentry", str(entry.pk))
    ]
    if connection.vendor == "postgresql":  # and a page of hers beside it sees no more than anybody's
        assert at_admin(uma).get(f"/dex/{entry.pk}/").status_code == 404
        assert not DexEntry.objects.visible_to(uma).exists()


def test_what_people_do_with_what_is_theirs_is_not_read_by_browser(uma: User, ann: User) -> None:
    theirs = audit.note(ann.pk, "account.export", kind="person", pk=ann.pk)
    audit.record(by=uma, action="card.hide", kind="card", reason="It shows a person.")
    client, path = at_admin(uma), "/admin/core/auditentry/"

    page = client.get(path)

    assertContains(page, "It shows a person.")
    assertNotContains(page, str(ann.pk))
    assert client.get(f"{path}{theirs.pk}/change/").status_code == 302, "there is no such row"


def test_no_secret_is_on_any_page(uma: User) -> None:
    page = at_admin(uma).get(f"/admin/accounts/user/{uma.pk}/change/").content.decode()

    assert uma.password not in page
    assert "password" not in page.lower().replace("password_change", "").replace("change password", "")
