"""The dex for programs."""
