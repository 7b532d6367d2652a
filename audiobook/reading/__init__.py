"""Reading: a source file becomes a `Book`, one module per format."""
