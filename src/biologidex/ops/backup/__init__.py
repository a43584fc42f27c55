"""Backups, restoring them, and proving that they can be restored. docs/backup.md tells how it is used."""
