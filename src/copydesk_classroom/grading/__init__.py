"""Grade a class: turn answers into scores, tables, feedback pages and a class report."""
