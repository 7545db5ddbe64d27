"""Answering questions about the record: tickets, breaches, acknowledgements."""
