"""Read a verdict from a judge's reply."""
