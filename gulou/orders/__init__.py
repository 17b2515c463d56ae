"""Supervision orders: a case that is to be answered for, by a named person and a day."""
