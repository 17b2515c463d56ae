"""Settings, urls, the one table of reactions, refusals, the command line."""
