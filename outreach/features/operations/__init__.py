"""Keeping the server's data: backup, restore, erasure; and its figures."""
