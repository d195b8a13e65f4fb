"""Where the outputs of a run go."""
