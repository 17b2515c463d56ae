"""Categories, code sets, limits, and who is responsible for what."""
