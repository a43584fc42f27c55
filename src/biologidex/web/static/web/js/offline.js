// The page for "no connection" stands in for the one that was asked for, until that can be had.

window.addEventListener("online", () => window.location.reload());
