"""Customers, products and order lines of a retailer, delivered day by day."""
