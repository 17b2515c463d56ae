"""The office's registers as workbooks: out, and in again after a dry run."""
