"""What becomes of each row, decided once: accepted, quarantined, or a duplicate."""
