"""The seam for covering faces and number plates in what the public sees."""


def for_public(jpeg: bytes) -> bytes:
    """The copy of a rendition that may leave the house, once a person has released the photo.

    Today it is the rendition itself: upright, in sRGB, without metadata. Finding and covering
    faces and plates goes in here, and nowhere else: every public picture passes through it.
    """
    return jpeg
