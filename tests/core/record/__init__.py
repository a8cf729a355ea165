"""Tests of the one writer of workers."""
