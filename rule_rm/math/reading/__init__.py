"""Read an answer: from text to a value."""
