"""Mail out and in: composes messages, hands them to a provider, reads mailboxes.

Knows templates (``runner.liquid``) and the network, nothing of the engine; the ``email`` action and the receiving
commands use it.
"""
