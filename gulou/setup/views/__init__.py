"""The pages of the setup face."""
