"""Retail sales ETL for AWS Glue and the laptop; every row and every cent is accounted for."""

__version__ = "0.1.0"
