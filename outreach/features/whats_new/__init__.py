"""The changes of each version of the app, and who has read them."""
