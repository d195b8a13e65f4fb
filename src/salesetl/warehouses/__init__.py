"""Warehouses: copies of the tables of a lake, and the stars that are made of them."""
