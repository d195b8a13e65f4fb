"""Publishes tables safely: no crash, rerun or concurrent run can damage them."""
