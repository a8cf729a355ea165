"""What phones pull of lists: rows, and what officers are told."""
