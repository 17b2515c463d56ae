"""Facts that happened, and what is owed to them."""
