"""What each version of the app changed, and who has read it."""
