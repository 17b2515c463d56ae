"""Backup and restore: everything that must be kept, in one archive, proved when it is written."""
