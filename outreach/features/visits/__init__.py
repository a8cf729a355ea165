"""Visits: whom to see on which day, and what came of it at the door."""
