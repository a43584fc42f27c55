"""English, as people of any country read it."""
