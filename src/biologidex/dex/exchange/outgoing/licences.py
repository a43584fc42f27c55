"""Which licences the world's network of biodiversity data takes, and how it writes them."""

from collections.abc import Collection

from biologidex.dex.models import DexEntry

License = DexEntry.License
CREATIVE_COMMONS = "http://creativecommons.org"
ADDRESSES = {
    License.CC0: f"{CREATIVE_COMMONS}/publicdomain/zero/1.0/legalcode",
    License.BY: f"{CREATIVE_COMMONS}/licenses/by/4.0/legalcode",
    License.BY_NC: f"{CREATIVE_COMMONS}/licenses/by-nc/4.0/legalcode",
    License.BY_SA: f"{CREATIVE_COMMONS}/licenses/by-sa/4.0/legalcode",
    License.BY_ND: f"{CREATIVE_COMMONS}/licenses/by-nd/4.0/legalcode",
    License.BY_NC_SA: f"{CREATIVE_COMMONS}/licenses/by-nc-sa/4.0/legalcode",
    License.BY_NC_ND: f"{CREATIVE_COMMONS}/licenses/by-nc-nd/4.0/legalcode",
}
# From the freest. A collection of records is as free as its least free one.
PUBLISHABLE = (License.CC0, License.BY, License.BY_NC)


def address_of(license: str) -> str:  # noqa: A002 -- the field's name
    """Return the address of the licence's text; blank where all rights are reserved."""
    return ADDRESSES[License(license)] if license else ""


def license_of_all(licenses: Collection[str]) -> str:
    """Return the one licence under which all of these can be passed on; blank if there is none."""
    if not licenses or not set(licenses) <= set(PUBLISHABLE):
        return ""
    return max(licenses, key=[str(one) for one in PUBLISHABLE].index)
