"""Registers of the office as workbooks: out, and in again by way of a dry run."""
