"""Classifies each row once: accepted, quarantined or duplicate."""
