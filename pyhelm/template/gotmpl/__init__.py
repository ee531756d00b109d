"""The template language of Go (``text/template``): lexer, parser, nodes, compiler, runtime.

Knows nothing of charts. One file per stage, in the words of text/template.
"""
