"""Runs any declared pipeline: options, stages, reconciliation, report."""
