"""Read the conversation that a trainer sends.

- `prefilled`: restore a `<think>` tag that the chat template wrote into the prompt
- `chat_templates`: strip the markers of a chat template from a text
- `fields`: read typed fields from a request body

Tests: `tests/messages/`.
"""
