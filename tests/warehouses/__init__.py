"""Warehouses: the same suite on each that can run here."""
