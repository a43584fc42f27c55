"""A person's own settings, one page for each part."""
