"""Figures measured on this machine, printed beside what they are compared with."""
