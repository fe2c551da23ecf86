"""Judges: models that grade, how they are asked, and how what they say is read."""
