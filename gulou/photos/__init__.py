"""Evidence: taking photos in, copies, fingerprints."""
