"""Sales with their customers, and their monthly summary."""
