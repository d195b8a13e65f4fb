"""Runs a declared pipeline: options, stages, reconciliation, report. Knows none by name."""
