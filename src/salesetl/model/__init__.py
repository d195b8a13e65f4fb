"""What a pipeline declares: tables, rules, sources, outputs. No engine and no I/O."""
