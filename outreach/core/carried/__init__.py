"""Files that carry a phone's unsent records."""
