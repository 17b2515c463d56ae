"""What a request costs: the benchmark harness behind `make bench`."""
