"""Where release records are kept; every driver passes one shared test suite."""
