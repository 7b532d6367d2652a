"""Changes of voices.yaml by machine, each of which can be taken back."""
