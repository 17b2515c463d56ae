"""Opening other people's pictures at arm's length: in a child with limits, never in the request."""
