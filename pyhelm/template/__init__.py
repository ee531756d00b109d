"""From chart, values and capabilities to rendered text, by path.

Belongs here: the engines (``gotmpl``, ``jinja``), the built-in objects and the render pipeline.
"""

from pyhelm.template.objects import Capabilities, KubeVersion, ReleaseInfo
from pyhelm.template.render import RenderOptions, render, render_values

__all__ = ["Capabilities", "KubeVersion", "ReleaseInfo", "RenderOptions", "render", "render_values"]
