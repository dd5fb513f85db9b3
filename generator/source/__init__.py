"""Text in, values with positions out."""
