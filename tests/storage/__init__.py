"""Tests of the storage that need no feature."""
