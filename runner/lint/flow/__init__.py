"""The data flow of a script: which texts become GraphQL, and what may stand in a variable (tooling.md 7, L1)."""
