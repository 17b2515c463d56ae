"""A made-up district, so that a newcomer sees the whole."""
