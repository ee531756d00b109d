"""Values: what the user gives, over what charts default to, handed down to subcharts.

Belongs here: the ``--set`` grammar, values files, merge, coalesce, conditions, tags, import-values, schema checks.
"""
