"""Benchmarks: `make bench` measures the application against the best SQL in the same run."""
