"""Pictures, signatures and recordings."""
