"""Changes of a YAML text that keep every comment and every line that is not concerned."""
