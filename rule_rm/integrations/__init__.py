"""Trainers that take a Python file or an import path: one small file for each.

Each turns what its trainer hands over into a request, and the reply into what the trainer takes. Who answers
is one question for all of them, see `answering`: a server by its URL, or an engine in this process.
"""
