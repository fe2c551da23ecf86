"""Models that the service has run for it: in processes of their own, or behind an engine's URL.

A reward model gives a text one number: `host` is what the server holds of it, `process` what runs in its own
process, `remote` what asks an engine such as vLLM or SGLang instead. A small generative model is held by
`chat_process`, and speaks OpenAI's interface. Nothing that the server imports imports torch.
"""
