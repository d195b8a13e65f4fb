"""Jobs on Glue: their definitions, how they are deployed, and how they run."""
