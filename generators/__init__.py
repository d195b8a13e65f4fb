"""Generates sample data of a retailer; the same seed gives the same bytes on any day."""
