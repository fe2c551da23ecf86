"""Represent what an answer can be: expressions, units, sets, relations, and the verdict on two of them."""
