"""Chart repositories: references, indexes, pull and push, dependency resolution."""
