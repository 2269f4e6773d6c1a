"""A dm_env_rpc loop over loopback: "dm_env_rpc_loop.py serve" prints its target, "dm_env_rpc_loop.py TARGET SECONDS" ticks/s.

The server is the least that can be: it keeps no rules, and answers with arrays of the size that Box Pushing's two agents see. A message goes and
one comes back for every tick of one environment, as the protocol has it.
"""

import sys
import time
from concurrent import futures

import grpc
import numpy as np
from dm_env_rpc.v1 import connection, dm_env_rpc_pb2, dm_env_rpc_pb2_grpc, tensor_utils

OBSERVATION = 13
AGENTS = 2


class Ticks(dm_env_rpc_pb2_grpc.EnvironmentServicer):
    """Answers joins and steps."""

    def Process(self, requests, context):  # noqa: N802, the protocol's name
        """One stream, one environment."""
        seen = np.zeros(OBSERVATION, np.float32)
        for request in requests:
            response = dm_env_rpc_pb2.EnvironmentResponse()
            if request.WhichOneof("payload") == "step":
                response.step.state = dm_env_rpc_pb2.RUNNING
                for wanted in request.step.requested_observations:
                    response.step.observations[wanted].CopyFrom(tensor_utils.pack_tensor(seen))
            else:
                response.join_world.SetInParent()
            yield response


def serve() -> tuple[grpc.Server, int]:
    """A server on a free port of this machine."""
    server = grpc.server(futures.ThreadPoolExecutor(2))
    dm_env_rpc_pb2_grpc.add_EnvironmentServicer_to_server(Ticks(), server)
    port = server.add_secure_port("localhost:0", grpc.local_server_credentials())
    server.start()
    return server, port


def play(target: str, seconds: float) -> float:
    """Ticks per second."""
    with connection.create_secure_channel_and_connect(target, grpc.local_channel_credentials()) as stream:
        stream.send(dm_env_rpc_pb2.JoinWorldRequest())
        for _ in ("warm-up", "measured"):
            ticks = 0
            start = time.perf_counter()
            while time.perf_counter() - start < seconds:
                request = dm_env_rpc_pb2.StepRequest(requested_observations=range(1, AGENTS + 1))
                for agent in range(1, AGENTS + 1):
                    request.actions[agent].CopyFrom(tensor_utils.pack_tensor(ticks % 6, dtype=np.int32))
                answer = stream.send(request)
                for agent in range(1, AGENTS + 1):
                    tensor_utils.unpack_tensor(answer.observations[agent])
                ticks += 1
        return ticks / (time.perf_counter() - start)


if sys.argv[1] == "serve":
    served, at = serve()
    print(f"localhost:{at}", flush=True)
    served.wait_for_termination()
else:
    print(play(sys.argv[1], float(sys.argv[2])))
