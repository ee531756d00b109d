"""The entry point; replaced by the real command tree as soon as it exists."""


def run() -> None:
    """Run the command line."""
