"""Reward models: a model that gives a text one number, in a process of its own or behind an engine's URL.

`host` is what the server holds, `process` what runs in the model's own process, `remote` what asks an engine
such as vLLM or SGLang instead. Nothing here imports torch but `scorer` and what it needs, in that process.
"""
