"""The public face: report and track."""
