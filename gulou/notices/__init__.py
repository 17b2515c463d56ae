"""Telling people. The only room that sends mail."""
