"""What a run does: finds out what is missing, makes it, and proves that it is whole."""
