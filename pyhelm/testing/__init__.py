"""Helpers for tests of charts and of pyhelm itself: the real programs as oracle, fixtures."""
