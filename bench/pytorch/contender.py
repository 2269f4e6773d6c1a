"""Speaks with dev.macenv.bench.Comparison over standard input and output, one line each way:

describe             -> one line about library and build
check CASE COUNT     -> "loss norm" of COUNT consecutive updates from the case's parameters, on its batches in turn
time CASE COUNT      -> nanoseconds of this thread's processor time that COUNT updates take, going on where the last ones stopped
peak                 -> GFLOP/s of a product of large matrices, a fused multiply-add being two

A case is a directory of files in the form of dev.macenv.bench.TensorFile, written by the trainer.
"""

import statistics
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np
import torch

from update import Team, Update

TYPES = {"f": np.dtype("<f4"), "i": np.dtype("<i4"), "b": np.dtype("u1")}


def read(path: Path) -> dict[str, torch.Tensor]:
    """Reads arrays: a line "name type dimension..." each, then the elements, little-endian."""
    tensors = {}
    with path.open("rb") as file:
        while line := file.readline():
            name, kind, *shape = line.decode().split()
            shape = [int(d) for d in shape]
            dtype = TYPES[kind]
            data = np.frombuffer(file.read(int(np.prod(shape)) * dtype.itemsize), dtype).copy().reshape(shape)
            tensor = torch.from_numpy(data)
            tensors[name] = tensor.bool() if kind == "b" else tensor.long() if kind == "i" else tensor
    return tensors


def read_batch(path: Path) -> dict:
    tensors = read(path)
    agents = []
    for i in range(int(tensors["agents"])):
        prefix = f"agent{i}/"
        agents.append({k.removeprefix(prefix): t for k, t in tensors.items() if k.startswith(prefix)})
    batch = {k: t for k, t in tensors.items() if "/" not in k}
    batch["agents"] = agents
    return batch


def put(linear, *layers) -> None:
    """Lays the trainer's layers, W [in, out] and b [1, out], side by side into one of torch's, W [out, in]."""
    linear.weight.copy_(torch.cat([w for w, _ in layers], 1).T)
    linear.bias.copy_(torch.cat([b for _, b in layers], 1).flatten())


@torch.no_grad()
def load(team: Team, tensors: dict, mixer: str) -> None:
    def layer(name):
        return tensors[name + "/weight"], tensors[name + "/bias"]

    for i, net in enumerate(team.agents):
        name = f"agent{i}/"
        put(net.before0, layer(name + "before0"))
        put(net.before1, layer(name + "before1"))
        net.gru.weight_ih_l0.copy_(tensors[name + "gru/inputWeight"].T)
        net.gru.bias_ih_l0.copy_(tensors[name + "gru/inputBias"].flatten())
        net.gru.weight_hh_l0.copy_(tensors[name + "gru/weight"].T)
        net.gru.bias_hh_l0.copy_(tensors[name + "gru/bias"].flatten())
        put(net.after0, layer(name + "after0"))
        put(net.head, *([layer(name + "v"), layer(name + "advantage")] if net.dueling else [layer(name + "q")]))
    net = team.mixer
    if mixer == "qmix":
        firsts = ["qmix/hyper1/0", "qmix/hyperF/0", "qmix/value/0", "qmix/bias1"]
        put(net.first, *[layer(name) for name in firsts])
        put(net.hyper1, layer("qmix/hyper1/1"))
        put(net.hyperF, layer("qmix/hyperF/1"))
        put(net.value, layer("qmix/value/1"))
    elif mixer == "qplex":
        heads = [f"qplex/head{k}" for k in range(net.heads)]
        firsts = ["qplex/weight", "qplex/bias", *[h + "/key" for h in heads], *[h + "/agent" for h in heads]]
        put(net.first, *[layer(name + "/0") for name in firsts])
        put(net.weight, layer("qplex/weight/1"))
        put(net.bias, layer("qplex/bias/1"))
        put(net.act_first, *[layer(h + "/act/0") for h in heads])
        for part in ("key", "agent", "act"):
            for k, head in enumerate(heads):
                w, b = layer(f"{head}/{part}/1")
                getattr(net, part + "_weight")[k].copy_(w)
                getattr(net, part + "_bias")[k].copy_(b)


class Case:
    def __init__(self, directory: str):
        path = Path(directory)
        parameters = read(path / "parameters")
        mixer = path.name.rsplit("-", 1)[1]
        sizes = {k: [int(x) for x in parameters[k]] for k in ("observations", "actions", "state", "width")}
        rate, clip, keep = (float(parameters[k]) for k in ("rate", "clip", "keep"))
        make = partial(
            Team, sizes["observations"], sizes["actions"], sizes["state"][0], sizes["width"][0], mixer
        )
        self.update = Update(make, rate, clip, keep)
        load(self.update.online, parameters, mixer)
        self.update.copy_target()
        self.batches = [read_batch(file) for file in sorted(path.glob("batch*"))]
        self.done = 0

    def step(self) -> tuple:
        batch = self.batches[self.done % len(self.batches)]
        self.done += 1
        return self.update(batch)


def peak(n: int = 1024, repeats: int = 5) -> float:
    """The median rate of so many products of two n x n matrices."""
    a, b = torch.rand(n, n), torch.rand(n, n)
    product = torch.mm(a, b)
    rates = []
    for _ in range(repeats):
        start = time.thread_time_ns()
        torch.mm(a, b, out=product)
        rates.append(2 * n**3 / (time.thread_time_ns() - start))
    return statistics.median(rates)


def main() -> None:
    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    cases: dict[str, Case] = {}
    for line in sys.stdin:
        command, *arguments = line.split()
        if command == "describe":
            capability = torch.backends.cpu.get_cpu_capability()
            mkl = "MKL" if torch.backends.mkl.is_available() else "no MKL"
            onednn = "oneDNN" if torch.backends.mkldnn.is_available() else "no oneDNN"
            threads = torch.get_num_threads()
            print(f"PyTorch {torch.__version__}, {capability}, {mkl}, {onednn}, {threads} thread on the CPU", flush=True)
        elif command == "check":
            case = Case(arguments[0])
            numbers = [case.step() for _ in range(int(arguments[1]))]
            print(" ".join(f"{float(x):.9g}" for pair in numbers for x in pair), flush=True)
        elif command == "time":
            case = cases.setdefault(arguments[0], None) or Case(arguments[0])
            cases[arguments[0]] = case
            start = time.thread_time_ns()
            for _ in range(int(arguments[1])):
                case.step()
            print(time.thread_time_ns() - start, flush=True)
        elif command == "peak":
            print(peak(), flush=True)


if __name__ == "__main__":
    main()
