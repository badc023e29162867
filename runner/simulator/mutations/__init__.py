"""Mutations, one module a family."""
