"""The closed lists of words, and the regular expressions that are made of them.

- `stating`, `verbs`, `opposites`: words that state a value, forms of verbs, words of opposite meaning
- `denials`, `stance`: denials, corrections and hedges in usual languages, and their places
- `endings`: the ends of Chinese, Japanese and Korean sentences
- `patterns`: regular expressions from lists, compiled on first use
"""
