"""Reads of partners, people and end customers."""
