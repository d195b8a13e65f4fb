"""Settings of Spark that are the same everywhere, also on Glue."""

# What results depend on.
MEANING = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.legacy.timeParserPolicy": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    "spark.sql.sources.partitionOverwriteMode": "dynamic",
    # Text in a rule or a profile is that text, not the name of a variable of the environment.
    "spark.sql.variable.substitute": "false",
    # Spark 4 would read but a few encodings.
    "spark.sql.legacy.javaCharsets": "true",
    # Files of about 128 MiB: rows in a shuffle take about twice their room in Parquet.
    "spark.sql.adaptive.advisoryPartitionSizeInBytes": "256m",
    # A task that writes several partitions keeps that many files open rather than sort its rows.
    "spark.sql.maxConcurrentOutputFileWriters": "16",
}
