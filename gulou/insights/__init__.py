"""Blind spots, weak links, hard problems: what a period shows, and what is done about it."""
