"""The matrix of all lists, how one opens them, and the words that every page of lists uses."""
