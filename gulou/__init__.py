"""Gulou: see every street problem of a district, get it fixed, prove it, tell the residents."""
