"""What differs between engines: reading raw text and reading and writing Parquet."""
