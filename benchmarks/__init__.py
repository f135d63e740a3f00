"""Measurements, run by hand: ``python -m benchmarks``. Nothing here is asserted by tests."""
