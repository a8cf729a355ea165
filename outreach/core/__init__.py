"""Use cases that exist once, in ten packages; imports go down only."""
