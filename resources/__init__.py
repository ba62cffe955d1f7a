"""Files shipped with the program."""
