"""Programs that take SALES CUSTOMERS OUT."""
