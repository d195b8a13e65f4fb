"""Retail sales ETL for AWS Glue and the laptop: every row accounted for, every cent kept."""

__version__ = "0.1.0"
