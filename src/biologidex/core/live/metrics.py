"""What is counted of news for open pages."""

from prometheus_client import Counter, Gauge

STREAMS = Gauge("live_streams", "Pages that are told what is new.", multiprocess_mode="livesum")
REFUSED = Counter("live_refused", "Pages that were not let in and ask by themselves.")
TOLD = Counter("live_events", "News that were sent to pages.")
