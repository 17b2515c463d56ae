"""Parts of a picture, for those who find them, draw them and paint them over."""

Box = tuple[float, float, float, float]
"""Left, top, width and height in parts of the picture's width and height."""

MARGIN = 0.12
"""How much wider than found a cover is on each side: detectors frame tightly."""
