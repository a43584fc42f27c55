"""Animals and taxa for programs."""
