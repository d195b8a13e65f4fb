"""Charts of a lake as PNG files, and its report: one page of figures, charts and runs."""
