"""Cases of other systems, from CSV, as a mapping file says what their columns mean."""
