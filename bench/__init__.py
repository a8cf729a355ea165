"""Reproducible measurements: ``python -m bench`` prints each budget beside what was measured."""
