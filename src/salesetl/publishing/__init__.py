"""Publishing tables so that a crash, a rerun or a rival run can never spoil them."""
