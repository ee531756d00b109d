"""The command line: parsing, wording, tables, colours, progress and exit codes."""
