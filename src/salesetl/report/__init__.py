"""Charts of a lake as pictures, and the report: one page of its figures, charts and books."""
