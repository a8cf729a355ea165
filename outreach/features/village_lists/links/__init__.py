"""The page by link: its code, its limits and its answers."""
