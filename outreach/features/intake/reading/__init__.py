"""A given file as rows, rows as columns of ours, cells as values. Nothing here knows a database."""
