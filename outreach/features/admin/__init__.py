"""Accounts, offices with terms, and villages; no worker data at all."""
