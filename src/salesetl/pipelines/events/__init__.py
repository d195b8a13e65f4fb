"""Events of a web shop: what visitors do, from a view to a fulfilled order."""
