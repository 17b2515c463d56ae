"""What a request costs: the benchmark behind `make bench`. docs/performance.md explains it."""
