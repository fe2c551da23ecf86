"""Choices: those that a question lists, and the one that a response takes.

- `listed_choices`: the choices of a question
- `choices`, `letters`: the letter that is chosen, and letters that are set aside
- `short_answers`: answers of a word or a letter
"""
