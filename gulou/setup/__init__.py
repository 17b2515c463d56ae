"""The pages on which the office configures itself."""
