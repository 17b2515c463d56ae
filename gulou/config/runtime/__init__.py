"""What runs: the supervised tree of processes, its locks, and the checks of `gulou doctor`."""
