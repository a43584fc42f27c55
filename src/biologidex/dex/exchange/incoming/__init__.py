"""Finds, taken in from files of our own and of other sites."""
