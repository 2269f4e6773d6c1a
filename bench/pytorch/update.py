"""One update of asynchronous value factorization in PyTorch: AVF-VDN, AVF-QMIX, AVF-QPLEX.

Written to be fast: sequences are packed as they come (no padding, no loop over time), nets over the same input share one
product, gradients of targets are never computed, optimiser, clipping and target networks run as one call each over all
parameters. What it computes is what the trainer computes; the contender beside it checks that.

Shapes: N joint rows, M packed decisions of an agent, O its observation, A its macro-actions, n agents, X the mixer's state.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

LEAK = 0.01
TINY = 1e-10


class AgentNetwork(nn.Module):
    """Observations of packed sequences to utilities [M, A]; a dueling head subtracts the mean advantage."""

    def __init__(self, observation: int, actions: int, width: int, dueling: bool):
        super().__init__()
        self.dueling = dueling
        self.before0 = nn.Linear(observation, width)
        self.before1 = nn.Linear(width, width)
        self.gru = nn.GRU(width, width)
        self.after0 = nn.Linear(width, width)
        self.head = nn.Linear(width, actions + 1 if dueling else actions)  # value first, then advantages

    def forward(self, observations: Tensor, counts: Tensor) -> Tensor:
        x = F.leaky_relu_(self.before0(observations), LEAK)
        x = F.leaky_relu_(self.before1(x), LEAK)
        x = self.gru(PackedSequence(x, counts))[0].data
        x = self.head(F.leaky_relu_(self.after0(x), LEAK))
        if not self.dueling:
            return x
        value, advantage = x[:, :1], x[:, 1:]
        return advantage - advantage.mean(1, keepdim=True) + value


class Vdn(nn.Module):
    references = False

    def forward(self, q: Tensor, v: Tensor | None, x: Tensor, actions: Tensor) -> Tensor:
        return q.sum(1)


class Qmix(nn.Module):
    """The four nets over x begin with one product: [hyper1 | hyperF | value | bias1]."""

    references = False

    def __init__(self, agents: int, state: int, embed: int = 32, hyper: int = 32):
        super().__init__()
        self.agents, self.embed, self.hyper = agents, embed, hyper
        self.first = nn.Linear(state, 2 * hyper + 2 * embed)
        self.hyper1 = nn.Linear(hyper, agents * embed)
        self.hyperF = nn.Linear(hyper, embed)
        self.value = nn.Linear(embed, 1)

    def forward(self, q: Tensor, v: Tensor | None, x: Tensor, actions: Tensor) -> Tensor:
        first = self.first(x)
        hidden = F.relu(first[:, : 2 * self.hyper + self.embed])
        b1 = first[:, 2 * self.hyper + self.embed :]
        w1 = self.hyper1(hidden[:, : self.hyper]).abs().view(-1, self.agents, self.embed)
        wf = self.hyperF(hidden[:, self.hyper : 2 * self.hyper]).abs()
        value = self.value(hidden[:, 2 * self.hyper :])
        mixed = F.elu(torch.baddbmm(b1.unsqueeze(1), q.unsqueeze(1), w1).squeeze(1))
        return (mixed * wf).sum(1) + value.squeeze(1)


class Qplex(nn.Module):
    """All nets over x begin with one product, [weight | bias | keys | agents], the heads' second layers are batched."""

    references = True

    def __init__(self, actions: list[int], state: int, hyper: int = 32, attention: int = 32, heads: int = 4):
        super().__init__()
        n = len(actions)
        self.agents, self.hyper, self.attention, self.heads = n, hyper, attention, heads
        self.joint = sum(actions)
        self.register_buffer("offsets", torch.tensor([sum(actions[:i]) for i in range(n)]), persistent=False)
        self.first = nn.Linear(state, 2 * hyper + 2 * heads * attention)
        self.weight = nn.Linear(hyper, n)
        self.bias = nn.Linear(hyper, n)
        self.key_weight = nn.Parameter(torch.empty(heads, attention, 1))
        self.key_bias = nn.Parameter(torch.empty(heads, 1, 1))
        self.agent_weight = nn.Parameter(torch.empty(heads, attention, n))
        self.agent_bias = nn.Parameter(torch.empty(heads, 1, n))
        self.act_first = nn.Linear(state + self.joint, heads * attention)
        self.act_weight = nn.Parameter(torch.empty(heads, attention, n))
        self.act_bias = nn.Parameter(torch.empty(heads, 1, n))

    def split(self, hidden: Tensor) -> Tensor:
        return hidden.view(-1, self.heads, self.attention).transpose(0, 1)  # [heads, N, attention]

    def forward(self, q: Tensor, v: Tensor, x: Tensor, actions: Tensor) -> Tensor:
        one_hots = x.new_zeros(x.shape[0], self.joint).scatter_(1, actions + self.offsets, 1.0)
        hidden = F.relu(self.first(x))
        keys = 2 * self.hyper + self.heads * self.attention
        w = self.weight(hidden[:, : self.hyper]).abs() + TINY
        b = self.bias(hidden[:, self.hyper : 2 * self.hyper])
        key = torch.baddbmm(self.key_bias, self.split(hidden[:, 2 * self.hyper : keys]), self.key_weight)
        agent = torch.baddbmm(self.agent_bias, self.split(hidden[:, keys:]), self.agent_weight)
        act_hidden = F.relu(self.act_first(torch.cat((x, one_hots), 1)))
        act = torch.baddbmm(self.act_bias, self.split(act_hidden), self.act_weight)
        attention = ((key.abs() + TINY) * torch.sigmoid(agent) * torch.sigmoid(act)).sum(0)  # [N, n]
        advantage = ((q - v) * w).detach()
        return (q * w + b + (attention - 1) * advantage).sum(1)


class Team(nn.Module):
    def __init__(self, observations: list[int], actions: list[int], state: int, width: int, mixer: str):
        super().__init__()
        n = len(actions)
        self.agents = nn.ModuleList(
            AgentNetwork(o, a, width, mixer == "qplex") for o, a in zip(observations, actions)
        )
        self.mixer = {
            "vdn": Vdn,
            "qmix": lambda: Qmix(n, state),
            "qplex": lambda: Qplex(actions, state),
        }[mixer]()

    def utilities(self, batch: dict) -> list[Tensor]:
        return [net(a["observations"], a["counts"]) for net, a in zip(self.agents, batch["agents"])]


def greedy(utilities: Tensor, legal: Tensor) -> Tensor:
    return utilities.masked_fill(~legal, -torch.inf).argmax(1)


def side(team: Team, utilities: list[Tensor], batch: dict, where: str, free: str, choices: list[Tensor]) -> tuple:
    """Chosen utilities [N, n], their references [N, n] where the mixer wants them, and the joint macro-action [N, n]."""
    q, v = [], []
    for agent, values, choice in zip(batch["agents"], utilities, choices):
        chosen = values[agent[where], choice]
        q.append(chosen)
        if team.mixer.references:
            with torch.no_grad():
                own = values.detach()
                best = greedy(own, agent["legal"])[agent[where]]
                reference = torch.where(agent[free], best, choice)
                v.append(own[agent[where], reference])
    return torch.stack(q, 1), torch.stack(v, 1) if v else None, torch.stack(choices, 1)


class Update:
    """The networks with their optimiser; calling it makes one gradient step on a batch."""

    def __init__(self, make_team, rate: float, clip: float, keep: float):
        self.online, self.target = make_team(), make_team()
        self.target.requires_grad_(False)
        self.parameters = list(self.online.parameters())
        self.targets = list(self.target.parameters())
        self.clip, self.keep = clip, keep
        self.optimizer = torch.optim.Adam(self.parameters, lr=rate, betas=(0.9, 0.999), eps=1e-8, fused=True)

    def copy_target(self) -> None:
        self.target.load_state_dict(self.online.state_dict())

    def __call__(self, batch: dict) -> tuple[Tensor, Tensor]:
        """Returns the loss and the L2 norm of its gradient, before clipping."""
        agents = batch["agents"]
        utilities = self.online.utilities(batch)
        with torch.no_grad():
            choices = [
                torch.where(a["done"], greedy(q, a["legal"])[a["next"]], a["action"]) for a, q in zip(agents, utilities)
            ]
            q, v, joint = side(self.target, self.target.utilities(batch), batch, "next", "done", choices)
            following = self.target.mixer(q, v, batch["next_state"], joint)
            y = torch.addcmul(batch["reward"], batch["bootstrap"], following)
        q, v, joint = side(self.online, utilities, batch, "current", "free", [a["action"] for a in agents])
        value = self.online.mixer(q, v, batch["state"], joint)
        error = value - y
        weight = torch.where(error > 0, batch["pessimism"], 1.0)
        loss = (weight * error.square()).mean()
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        norm = nn.utils.clip_grad_norm_(self.parameters, self.clip, foreach=True)
        self.optimizer.step()
        torch._foreach_lerp_(self.targets, self.parameters, 1 - self.keep)
        return loss.detach(), norm
