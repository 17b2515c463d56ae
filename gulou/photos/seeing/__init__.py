"""Looking at pictures with detectors and feature matching: in a child with limits, and never loaded
into a web process or the worker itself."""
