"""Photos for programs."""
