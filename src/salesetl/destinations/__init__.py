"""The places to which a run writes its outputs."""
