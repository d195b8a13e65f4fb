"""Glue job: stage events of a web shop."""

from salesetl.launcher import launch
from salesetl.pipelines.events.pipeline import EVENTS_PIPELINE

if __name__ == "__main__":
    launch(EVENTS_PIPELINE)
