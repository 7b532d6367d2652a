"""A project: where its files are, what its voices.yaml says, and the engines that this process has opened."""
