"""Areas, named places, coordinates."""
