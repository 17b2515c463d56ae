"""Users, units, postings, and the one place that decides who may do what."""
