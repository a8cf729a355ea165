"""Names in: lists of departments, villages and others become people to visit."""
