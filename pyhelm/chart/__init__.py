"""Charts as data: the model, loading from folders and archives, metadata rules, packing and scaffolding.

Belongs here: what a chart is on disk. Not here: its values once a user overrides them (``values``), its output
(``template``), or where it was downloaded from (``repo``).
"""
