"""Categories, limits, reasons, and by which ways reports come: what the office may change of them."""
