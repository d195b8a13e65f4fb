"""Programs that take ORDERS OUT."""
