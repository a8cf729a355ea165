"""The audit: its lines, and the seals over them."""
