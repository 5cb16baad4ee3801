"""Benchmarks: the product beside its floor, in one run. See ``README.md`` in this folder."""
