"""The board of officers' phones, whom to call, and numbers that never came."""
