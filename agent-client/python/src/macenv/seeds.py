"""The protocol's arithmetic of seeds, modulo 2^64: which seed each lane and each episode gets."""

from __future__ import annotations

_MASK = (1 << 64) - 1
_G = 0x9E3779B97F4A7C15


def episode_seed(lane_seed: int, episode: int) -> int:
    """The seed of the episode with this number, counted from 0 since the lane's seed was set."""
    return _splitmix64(lane_seed + episode * _G)


def lane_seeds(seed: int, lanes: int) -> list[int]:
    """The seeds of lanes 0..lanes-1 of a session that is given this seed alone."""
    return [seed & _MASK] + [_splitmix64(seed + lane * _G) for lane in range(1, lanes)]


def _splitmix64(x: int) -> int:
    z = (x + _G) & _MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return z ^ (z >> 31)
