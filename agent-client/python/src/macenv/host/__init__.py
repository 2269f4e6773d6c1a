"""Environments written in Python, played through a macenv server.

    from macenv import host

    class Foragers(host.Environment): ...

    with host.serve(Foragers) as foragers, macenv.serve(environment_hosts=[foragers]) as server:
        ...

or, in a shell, `python -m macenv.host foragers:Foragers --listen 127.0.0.1:6000`, and then
`bin/macenv serve --environment-host 127.0.0.1:6000`. The server keeps sessions, lanes, seats and journals; this process
keeps the worlds, and is called once for all lanes of a session that advance together.
"""

from macenv.host._service import Host, serve
from macenv.host.environment import Agent, Environment, Label, MacroAction, Tick

__all__ = ["Agent", "Environment", "Host", "Label", "MacroAction", "Tick", "serve"]
