"""The event algebra: what holds for the rows of every environment, under random legal play."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import macenv
from macenv import AgentStatus, EventKind, Events, View

ENVIRONMENTS = ["bp-6", "bp-10", "wtd-s", "ct-10", "ct-10-prim"]


def answers(client: macenv.Client, environment: str, steps: int, gamma: float = 0.9) -> list[Events]:
    policy = macenv.RandomPolicy(np.random.default_rng(5))
    kept = []
    with client.create_session(environment, lanes=3, seeds=5, gamma=gamma, view=View.everything()) as session:
        events = session.step()
        kept.append(events)
        for _ in range(steps):
            actions = [policy.choose(events, r, s) for r, s in zip(*events.due(), strict=True)]
            events = session.step(events.decide(actions))
            kept.append(events)
    return kept


@pytest.fixture(scope="module", params=ENVIRONMENTS)
def play(request: pytest.FixtureRequest, target: str) -> list[Events]:
    with macenv.connect(target) as client:
        return answers(client, request.param, 150)


def rows_of(play: list[Events], lane: int) -> list[tuple[Events, int]]:
    return [(events, r) for events in play for r in range(events.rows) if events.lane[r] == lane]


def test_rows_ascend_and_are_never_repeated(play: list[Events]) -> None:
    for events in play:
        order = list(zip(events.lane, events.episode, events.tick, events.kind, strict=True))
        assert order == sorted(order)
    for lane in range(3):
        keys = [(int(e.episode[r]), int(e.tick[r]), int(e.kind[r])) for e, r in rows_of(play, lane)]
        assert keys == sorted(set(keys))


def test_pending_are_those_with_something_new(play: list[Events]) -> None:
    for events in play:
        new = np.isin(events.status, [AgentStatus.DONE, AgentStatus.FAILED, AgentStatus.FRESH])
        asks = np.isin(events.kind, [EventKind.START, EventKind.DECISION])
        assert (events.pending == (new & asks[:, None])).all()
        assert events.pending[asks].any(axis=1).all()


def test_episodes_start_after_they_end(play: list[Events]) -> None:
    for lane in range(3):
        kinds = [(int(e.kind[r]), int(e.episode[r])) for e, r in rows_of(play, lane)]
        assert kinds[0] == (EventKind.START, 0)
        for (kind, episode), (following, next_episode) in itertools.pairwise(kinds):
            if kind in (EventKind.END_TERMINATED, EventKind.END_TRUNCATED):
                assert (following, next_episode) == (EventKind.START, episode + 1)
            else:
                assert (following != EventKind.START, next_episode) == (True, episode)


def test_what_is_ongoing_is_held(play: list[Events]) -> None:
    for lane in range(3):
        rows = rows_of(play, lane)
        for (before, p), (after, r) in itertools.pairwise(rows):
            for seat in range(after.spec.size):
                if after.status[r, seat] in (AgentStatus.ONGOING, AgentStatus.CUT):
                    assert before.observation(p, seat).tobytes() == after.observation(r, seat).tobytes()
                    assert before.legal(p, seat).tobytes() == after.legal(r, seat).tobytes()
                    assert (before.macro_state[p, seat] == after.macro_state[r, seat]).all()
                if before.status[p, seat] == AgentStatus.ONGOING and after.status[r, seat] == AgentStatus.ONGOING:
                    assert before.current_action[p, seat] == after.current_action[r, seat]


def test_both_clocks_are_the_sums_of_the_trace(play: list[Events]) -> None:
    gamma = 0.9
    for lane in range(3):
        rewards: list[float] = []
        begun = np.zeros(play[0].spec.size, int)
        for events, r in rows_of(play, lane):
            if events.kind[r] == EventKind.START:
                rewards, begun = [], np.zeros(events.spec.size, int)
                assert events.joint_tau[r] == events.tick[r] == events.agent_tau[r].sum() == 0
                continue
            trace = events.reward_trace(r)
            assert len(trace) == events.joint_tau[r] > 0
            rewards += trace.tolist()
            assert len(rewards) == events.tick[r]
            assert events.joint_reward[r] == pytest.approx(sum(gamma**j * x for j, x in enumerate(trace)), abs=1e-12)
            for seat in range(events.spec.size):
                own = rewards[begun[seat] :]
                assert events.agent_tau[r, seat] == len(own)
                assert events.agent_reward[r, seat] == pytest.approx(
                    sum(gamma**j * x for j, x in enumerate(own)), abs=1e-12
                )
                if events.status[r, seat] in (AgentStatus.DONE, AgentStatus.FAILED):
                    begun[seat] = events.tick[r]


def test_summaries_are_those_of_the_rows(play: list[Events]) -> None:
    total = np.zeros(3)
    ended = 0
    for events in play:
        summaries = {(s.lane, s.episode): s for s in events.ended}
        for r in range(events.rows):
            lane = int(events.lane[r])
            total[lane] += events.reward_trace(r).sum()
            if events.kind[r] in (EventKind.END_TERMINATED, EventKind.END_TRUNCATED):
                summary = summaries[lane, int(events.episode[r])]
                assert summary.ticks == events.tick[r]
                assert summary.total_reward == pytest.approx(total[lane], abs=1e-9)
                total[lane] = 0
                ended += 1
        assert len(events.started) == (events.kind == EventKind.START).sum()
    assert ended > 0 or play[0].spec.horizon > 200


def test_pending_agents_have_a_legal_macro_action(play: list[Events]) -> None:
    for events in play:
        for r, seat in zip(*events.due(), strict=True):
            assert events.legal(r, seat).any()


def test_observations_are_within_their_bounds(play: list[Events]) -> None:
    for events in play:
        for group, observations in zip(events.spec.groups, events.observations, strict=True):
            low, high = group.observation.low, group.observation.high
            assert low is None or (observations >= low).all()
            assert high is None or (observations <= high).all()


def test_slabs_are_views_of_the_answer(client: macenv.Client) -> None:
    """Nothing is copied: all slabs lie in one piece of memory, the message, which they keep alive."""
    events = answers(client, "bp-10", 3)[-1]
    slabs = [events.kind, events.status, events.agent_reward, events.agent_tau, events.joint_reward]
    slabs += [*events.observations, *events.legals, events.state, events.macro_state, events.current_action]
    owners = set()
    for slab in slabs:
        assert not slab.flags.owndata
        assert not slab.flags.writeable
        base = slab
        while isinstance(base.base, np.ndarray):
            base = base.base
        owners.add(id(base.base))
    assert len(owners) == 1


def test_columns_of_a_wrong_length_are_refused(client: macenv.Client) -> None:
    from macenv.v1 import event_pb2

    spec = client.environment("bp-10")
    with pytest.raises(ValueError, match=r"lane: length 0 \(expected: 1\)"):
        Events.of_step(spec, (0, 1), event_pb2.StepResponse(events=event_pb2.EventBatch(rows=1)).SerializeToString())


def test_who_is_pending_under_every_kind_and_status(client: macenv.Client) -> None:
    """The statuses and kinds of the protocol, and one of each that this client does not know."""
    from macenv.v1 import event_pb2

    spec = client.environment("bp-10")
    kinds, statuses = range(8), range(8)
    rows = [(kind, status) for kind in kinds for status in statuses]
    k, n = len(rows), 2
    batch = event_pb2.EventBatch(
        rows=k,
        lane=[0] * k,
        episode=[0] * k,
        tick=range(100, 100 + k),
        joint_tau=[1] * k,
        joint_reward=[0.0] * k,
        kind=bytes(kind for kind, _ in rows),
        status=b"".join(bytes([status, AgentStatus.ONGOING]) for _, status in rows),
        agent_reward=bytes(8 * k * n),
        agent_tau=bytes(4 * k * n),
        groups=[event_pb2.GroupSlab(observation=bytes(4 * 5 * k * n), legal=bytes(8 * k * n))],
    )
    data = event_pb2.StepResponse(step_id=4, events=batch, lanes_running=2).SerializeToString()
    step_id, _, events = Events.of_step(spec, (0, 1), data)
    assert events is not None
    assert (step_id, events.lanes_running, events.tick[-1]) == (4, 2, 100 + k - 1)
    for r, (kind, status) in enumerate(rows):
        asks = kind in (EventKind.START, EventKind.DECISION)
        new = status in (AgentStatus.DONE, AgentStatus.FAILED, AgentStatus.FRESH)
        assert events.pending[r].tolist() == [asks and new, False]
    assert set(Events.of_step(spec, (1,), data)[2].due()[1]) == set()  # type: ignore[union-attr]


def test_an_answer_without_rows(client: macenv.Client) -> None:
    from macenv.v1 import event_pb2

    spec = client.environment("bp-10")
    _, failure, events = Events.of_step(
        spec, (0, 1), event_pb2.StepResponse(events=event_pb2.EventBatch()).SerializeToString()
    )
    assert failure is None
    assert events is not None
    assert (events.rows, events.state.shape, events.pending.shape) == (0, (0, 18), (0, 2))


def test_plain_verbs_say_what_events_said(client: macenv.Client) -> None:
    with client.create_session("bp-10", lanes=2, seeds=3, view=View.everything()) as session:
        events = session.step()
        events = session.step(events.decide([0, 1, 2, 3]))
        held, states = session.macro_observation(), session.macro_state(1)
        for r in range(events.rows):
            lane = int(events.lane[r])
            assert (held.pending[lane] == events.pending[r]).all()
            assert (held.observation(lane, 0) == events.observation(r, 0)).all()
            assert held.lane_state[lane] == macenv.LaneState.AWAITING
        assert states.lane.tolist() == [1]
        assert states.state is not None


def test_decide_takes_a_table_or_what_is_due(client: macenv.Client) -> None:
    with client.create_session("bp-10", lanes=2) as session:
        events = session.step()
        table = events.decide([[1, 2], [3, 4]])
        assert (table.lane, table.seat, table.action) == ([0, 0, 1, 1], [0, 1, 0, 1], [1, 2, 3, 4])
        assert events.decide([1, 2, 3, 4]).action == table.action
        with pytest.raises(ValueError, match="actions: shape"):
            events.decide([1, 2, 3])
