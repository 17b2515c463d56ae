"""Long work that a person asked for, with its progress and its result."""
