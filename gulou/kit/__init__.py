"""What everything needs and has no model: environment, errors, clock, facts, words."""
