"""Names for what people sign in with, short enough for a list."""

import re

LENGTH = 60
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)
# In this order: browsers name those they resemble as well.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)


def device_of(user_agent: str) -> str:
    """Name a device by what its program says of itself.

    >>> device_of("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
    'Firefox on Linux'
    >>> device_of("GodotEngine/4.5.stable (Web)")
    'GodotEngine 4.5.stable'
    >>> device_of("")
    ''
    """
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    if browser:
        return f"{browser} on {system}" if system else browser
    product = re.match(r"[\w.+-]+(/[\w.+-]+)?", user_agent, re.ASCII)
    return product[0].replace("/", " ")[:LENGTH] if product else ""
