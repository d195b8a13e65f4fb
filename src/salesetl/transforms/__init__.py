"""What happens to data: functions from frames to frames, without files, clocks or sessions."""
