"""Spreadsheets that leave to be edited outside, come home, and merge cell by cell."""
