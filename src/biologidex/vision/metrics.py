"""What identification counts for Prometheus. Models are those that an operator has set, never what an answer says."""

from prometheus_client import Counter, Histogram

BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 45.0, 90.0)
SECONDS = Histogram(
    "cv_processing_duration_seconds", "Seconds that a model looked at a picture.", ["model"], buckets=BUCKETS
)
COST = Counter("cv_processing_cost_usd", "Dollars that calls of a model have cost.", ["model"])
REFUSED = Counter(
    "cv_budget_refusals",
    "Paid calls that a budget kept from being made: the server's or a person's.",
    ["budget"],
)
OPENED = Counter(
    "cv_circuit_openings", "Times that a paid service failed so often that it was left alone.", ["provider"]
)
LEFT_ALONE = Counter(
    "cv_circuit_refusals", "Calls that were not made because a service is left alone.", ["provider"]
)
