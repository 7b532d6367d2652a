"""What a story becomes: its script and cast, and what each of its files is made of."""
