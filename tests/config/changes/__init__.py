"""A change of a table in use, as a migration of the room that has none."""
