"""Reward models and small generative models, each in a process of its own or behind an engine's URL.

A reward model gives a text one number. `host` is the server's side of it and `process` runs in the model's
own process. `remote` asks an engine such as vLLM or SGLang instead. `chat_process` keeps a small generative
model, which speaks OpenAI's interface. No module that the server imports imports torch.

The tests are in `tests/models`.
"""
