"""What the API server does to an object before it is stored: defaulting and validation, by kind."""
