"""Shared page components: tokens, templates, template tags."""
