"""What a user would pick instead: programs that take SALES CUSTOMERS OUT."""
