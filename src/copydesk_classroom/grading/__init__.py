"""Answers become scores, tables and feedback pages."""
