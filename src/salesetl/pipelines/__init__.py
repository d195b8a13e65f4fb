"""The jobs: what each reads, does and publishes."""
