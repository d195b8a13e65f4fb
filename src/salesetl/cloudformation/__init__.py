"""The infrastructure of an environment: its templates and its stacks."""
