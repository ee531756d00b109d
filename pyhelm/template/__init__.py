"""From chart, values and capabilities to rendered text, by path.

Belongs here: the engines (``gotmpl``, ``jinja``), the built-in objects and the render pipeline.
"""
