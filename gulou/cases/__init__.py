"""Reports, cases, and the steps of work on them."""
