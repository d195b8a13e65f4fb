"""The infrastructure of an environment: its template, and the stack that is made of it."""
