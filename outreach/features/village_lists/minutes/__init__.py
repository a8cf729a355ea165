"""The minutes of a signed version: pages, file, PDF and certified PDF."""
