"""Tests of the DAGs, which run in an environment of their own."""
