"""Who may log in, in which office and villages."""
