"""Reads delivered files into frames of text columns; each row keeps its file and its record."""
