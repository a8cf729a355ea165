"""The lists of villages."""
