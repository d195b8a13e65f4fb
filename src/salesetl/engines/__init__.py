"""What a frame is computed by: Spark, or DuckDB in this process through the same API."""
