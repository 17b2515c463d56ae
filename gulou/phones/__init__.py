"""What comes from telephones over a bad network: files in pieces, and what was done once already."""
