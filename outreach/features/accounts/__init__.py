"""Logging in and out, one's own password and sessions, and the commands."""
