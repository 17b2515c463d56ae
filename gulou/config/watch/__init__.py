"""What operators see of a running Gulou: a line and a figure for each request, and how things stand."""

# The library of the figures sees at its import whether processes write into a common folder.
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
