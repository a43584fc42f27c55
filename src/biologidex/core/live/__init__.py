"""News for open pages: that something changed, and nothing of what. Pages then ask for it through the usual doors.

    live.publish([person.pk], Event("job", job.pk))     after the commit; never an error, whoever is down

Between processes news travel by the Redis of the cache, without one within the process. Where they do not come
through, no stream is opened and pages ask again and again by themselves (static/web/js/live.js).
"""

from biologidex.core.live.news import END, Event, publish, version
from biologidex.core.live.streams import Stream, admit, close_room, open_room

__all__ = ["END", "Event", "Stream", "admit", "close_room", "open_room", "publish", "version"]
