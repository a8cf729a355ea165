"""The village checks its list: who is on it, what was decided of each name, and by whom."""
