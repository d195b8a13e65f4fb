"""The engines that compute frames: Spark, and DuckDB in this process, with the same API."""
