"""What a user would pick instead of salesetl, by the data it is for."""
