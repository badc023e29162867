"""``runner mcp``: what assistants in editors and chats may ask, over the Model Context Protocol (tooling.md 3)."""
