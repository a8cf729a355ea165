"""Reading workers: lists, one person's file, exports, and the note of each look."""
