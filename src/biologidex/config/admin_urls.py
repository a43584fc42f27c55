"""The addresses of the host that is set aside for the admin: the usual ones, and /admin/."""

from django.urls import path

from biologidex.accounts import admin as accounts
from biologidex.animals import admin as animals
from biologidex.config import urls
from biologidex.core.admin import site
from biologidex.dex import admin as dex
from biologidex.media import admin as media
from biologidex.ops import admin as ops
from biologidex.social import admin as social
from biologidex.vision import admin as vision

PARTS = (accounts, animals, dex, media, ops, social, vision)  # importing them fills the site
urlpatterns = [path("admin/", site.urls), *urls.urlpatterns]

handler400, handler404, handler500 = urls.handler400, urls.handler404, urls.handler500
