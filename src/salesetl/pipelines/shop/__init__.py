"""Sales of a web shop, with its users and products."""
