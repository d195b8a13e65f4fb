"""A retail world that looks the same for the same seed, down to the byte, on any day."""
