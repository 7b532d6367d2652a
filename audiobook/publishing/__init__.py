"""Publishing: a track becomes a file that a listener opens."""
