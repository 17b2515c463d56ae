"""The pages of the public face."""
