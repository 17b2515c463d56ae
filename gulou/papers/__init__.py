"""The office's own papers and exports, made of cases."""
