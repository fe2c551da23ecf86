"""Compare two values: from two values to a verdict."""
