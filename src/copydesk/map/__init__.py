"""Membership of NATO and the EU by date, on a map and in words."""
