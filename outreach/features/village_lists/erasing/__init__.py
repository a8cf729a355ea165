"""What an erasure blanks in lists."""
