"""Script: a `Book` becomes a `Script`, with quotations, characters, and who speaks."""
