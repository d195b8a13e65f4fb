"""Jobs on Glue: what they are defined to be, how they get there, and how they run."""
