"""Where outputs go: a crash, a rerun or a rival run can never spoil the tables."""
