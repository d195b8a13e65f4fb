"""From files as delivered to frames of text columns, bound by name, with file and record kept."""
