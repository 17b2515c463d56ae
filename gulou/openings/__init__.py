"""Which public pages are open, and who approved that."""
