"""Files of others becoming ours."""
