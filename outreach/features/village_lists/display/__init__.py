"""The copy that hangs on the wall, and objections to it."""
