"""Data for the benchmarks: large, deterministic, made from what the project carries."""
