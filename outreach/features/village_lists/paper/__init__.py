"""Worksheets, their entry twice, and the proof that paper and file are the same."""
