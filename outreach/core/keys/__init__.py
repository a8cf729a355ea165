"""The server's keys: signing, opening what was sealed to it, challenges."""
