"""The worker's record: the one judge, and everything that writes workers."""
