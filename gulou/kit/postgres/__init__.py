"""The database engine of the settings: Django's own for PostgreSQL, with less to do per request."""
