"""Writes the outputs of a run safely: no crash, rerun or concurrent run can damage the tables."""
