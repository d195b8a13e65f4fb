"""Suggests a source profile for a file that nobody has described."""
