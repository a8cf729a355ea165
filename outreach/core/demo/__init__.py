"""Invented people for demos and measurements."""
