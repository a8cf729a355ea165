"""A phone's conversation with the server: push, pull, receipts, gaps, holds."""
