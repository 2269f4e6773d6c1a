"""What can go wrong. Each error says what happened, under a name that does not change between releases, and what to do.

MacenvError
  RequestRefused           the server said no; nothing has changed, the session goes on
    InvalidField, BadAction, EnvironmentNotFound, SeatTaken, SeatsMissing, LaneEnded, LaneFaulted, StepConflict
    SessionExpired         the one refusal after which the session does not go on
  AccessDenied             BadToken, NotGranted
  LimitReached             the server, or the caller's quota, is full
  FeatureAbsent            this server cannot; WrongProtocol: it is no macenv.v1 server at all
  ServerUnavailable        not reachable, or no answer in time; the same call can be made again
  ServerFailure            a defect
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import grpc

from macenv.v1 import _classes

_Status = _classes.message_class("google.rpc.Status")
_ErrorInfo = _classes.message_class("google.rpc.ErrorInfo")
_BadRequest = _classes.message_class("google.rpc.BadRequest")
_RetryInfo = _classes.message_class("google.rpc.RetryInfo")


@dataclass(frozen=True)
class Failure:
    """A failure as it came off the wire.

    `code` is the gRPC code's name; `reason` the protocol's stable reason, "" if it did not come from a macenv server;
    `violations` says what is wrong by field, such as "action[3]"; `retry_after` is in seconds.
    """

    code: str
    message: str
    reason: str = ""
    violations: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
    retry_after: float | None = None


class MacenvError(Exception):
    """A call that failed."""

    advice = ""

    def __init__(self, failure: Failure) -> None:
        """From a failure."""
        self.failure = failure
        super().__init__(self._text())

    @property
    def code(self) -> str:
        """The gRPC code, for example "FAILED_PRECONDITION"."""
        return self.failure.code

    @property
    def reason(self) -> str:
        """The stable reason, for example "ACTION_ILLEGAL"; "" if no macenv server said it."""
        return self.failure.reason

    @property
    def violations(self) -> Mapping[str, str]:
        """What is wrong with which field, all problems at once."""
        return self.failure.violations

    @property
    def metadata(self) -> Mapping[str, str]:
        """More about the reason, for example lane, seat and action."""
        return self.failure.metadata

    @property
    def retry_after(self) -> float | None:
        """Seconds after which trying again may help; None if the server did not say."""
        return self.failure.retry_after

    def _text(self) -> str:
        head = " ".join(filter(None, (self.failure.code, self.failure.reason)))
        lines = [f"{head}: {self.failure.message}"]
        lines += [f"  {name}: {text}" for name, text in self.failure.violations.items()]
        if self.advice:
            lines.append(f"  what to do: {self.advice}")
        return "\n".join(lines)

    def __reduce__(self) -> tuple[type[MacenvError], tuple[Failure]]:
        return type(self), (self.failure,)


class RequestRefused(MacenvError):
    """The server refused; nothing has changed."""


class InvalidField(RequestRefused):
    """A field is missing, unknown, malformed or out of range; see `violations`."""

    advice = "correct the fields named above; nothing was applied"


class BadAction(RequestRefused):
    """The macro-action does not exist, is not legal now, or the agent does not owe one. Nothing was applied."""

    advice = "decide for the pending seats only (events.due()), among the legal macro-actions (events.legal(row, seat))"


class EnvironmentNotFound(RequestRefused):
    """No such environment or version."""

    advice = "client.environments() lists what this server has"


class SessionExpired(RequestRefused):
    """The session is over: closed, or not heard of for its lease; metadata["cause"] says which."""

    advice = "create a new session; a longer lease (create_session(lease=seconds)) survives longer silence"


class SeatTaken(RequestRefused):
    """Somebody else holds the seat."""

    advice = "join another seat, or try again after `retry_after` seconds, when the holder's lease may have ended"


class SeatsMissing(RequestRefused):
    """The session waits for players."""

    advice = "hand out session.invites, and decide once every seat has been joined"


class LaneEnded(RequestRefused):
    """The lane's episode is over and the session resets by hand."""

    advice = "session.reset([lane]) first"


class LaneFaulted(RequestRefused):
    """The environment failed in this lane; the others go on."""

    advice = "session.reset([lane]) first"


class StepConflict(RequestRefused):
    """Somebody else uses the same grant, or has used this step number."""

    advice = (
        "let one program at a time step with a token, and repeat a step with the same decisions; "
        "client.attach(session.key) finds out where the session stands"
    )


class AccessDenied(MacenvError):
    """Not allowed."""


class BadToken(AccessDenied):
    """The server's bearer token, or the session's, is wrong or missing."""

    advice = (
        "check token= (the operator's secret) and the session's key; a session that ended long ago is answered so, too"
    )


class NotGranted(AccessDenied):
    """This grant does not include that seat, view or call."""

    advice = "ask the session's owner for an invite that allows it"


class LimitReached(MacenvError):
    """The server or a quota is full."""

    advice = "close sessions that are no longer needed, ask for less, or try again later"


class FeatureAbsent(MacenvError):
    """This server does not have the feature."""

    advice = "client.server_info().features lists what it has"


class WrongProtocol(FeatureAbsent):
    """What answers there does not speak macenv.v1."""

    advice = "check the address; this client speaks macenv.v1, which `macenv serve` serves"


class ServerUnavailable(MacenvError):
    """Not reachable, or no answer in time.

    Whether a step was executed is not known: the same call can be made again.
    """

    advice = (
        "check that a server runs at this address (macenv.serve() starts one), and that both sides agree on encryption "
        "and certificates (tls=); the same call can be made again"
    )


class ServerFailure(MacenvError):
    """A defect of the server or of an environment."""

    advice = 'report it with metadata["trace"], which finds it in the server\'s log'


_BY_REASON: dict[str, type[MacenvError]] = {
    "INVALID_FIELD": InvalidField,
    "ACTION_OUT_OF_RANGE": BadAction,
    "ACTION_ILLEGAL": BadAction,
    "SEAT_ONGOING": BadAction,
    "NO_FALLBACK": BadAction,
    "ENVIRONMENT_NOT_FOUND": EnvironmentNotFound,
    "SESSION_CLOSED": SessionExpired,
    "SEAT_TAKEN": SeatTaken,
    "SEATS_MISSING": SeatsMissing,
    "LANE_ENDED": LaneEnded,
    "LANE_FAULTED": LaneFaulted,
    "STEP_ID_MISMATCH": StepConflict,
    "STEP_ID_REUSED": StepConflict,
    "STEP_IN_FLIGHT": StepConflict,
    "SUPERSEDED": StepConflict,
    "REQUEST_ID_REUSED": StepConflict,
    "SEAT_NOT_GRANTED": NotGranted,
    "OWNER_ONLY": NotGranted,
}

_BY_CODE: dict[str, type[MacenvError]] = {
    "INVALID_ARGUMENT": RequestRefused,
    "OUT_OF_RANGE": RequestRefused,
    "NOT_FOUND": RequestRefused,
    "ALREADY_EXISTS": RequestRefused,
    "FAILED_PRECONDITION": RequestRefused,
    "ABORTED": RequestRefused,
    "PERMISSION_DENIED": AccessDenied,
    "UNAUTHENTICATED": BadToken,
    "RESOURCE_EXHAUSTED": LimitReached,
    "UNIMPLEMENTED": FeatureAbsent,
    "UNAVAILABLE": ServerUnavailable,
    "DEADLINE_EXCEEDED": ServerUnavailable,
}


def error(failure: Failure) -> MacenvError:
    """The error that fits a failure."""
    if failure.code == "UNIMPLEMENTED" and not failure.reason:
        return WrongProtocol(failure)
    return _BY_REASON.get(failure.reason, _BY_CODE.get(failure.code, ServerFailure))(failure)


def failure_of_status(data: bytes) -> Failure:
    """The failure in an encoded google.rpc.Status."""
    status = _Status.FromString(data)
    reason, metadata, violations, retry_after = "", {}, {}, None
    for detail in status.details:
        if detail.Is(_ErrorInfo.DESCRIPTOR):
            info = _ErrorInfo.FromString(detail.value)
            reason, metadata = info.reason, dict(info.metadata)
        elif detail.Is(_BadRequest.DESCRIPTOR):
            violations = {v.field: v.description for v in _BadRequest.FromString(detail.value).field_violations}
        elif detail.Is(_RetryInfo.DESCRIPTOR):
            delay = _RetryInfo.FromString(detail.value).retry_delay
            retry_after = delay.seconds + delay.nanos / 1e9
    return Failure(_code_name(status.code), status.message, reason, violations, metadata, retry_after)


def failure_of_call(call: grpc.RpcError) -> Failure:
    """The failure with which a gRPC call, plain or asyncio, ended."""
    code: grpc.StatusCode = call.code()
    trailers = dict(call.trailing_metadata() or ())
    details = trailers.get("grpc-status-details-bin")
    if isinstance(details, bytes):
        return failure_of_status(details)
    return Failure(code.name, call.details() or code.name, str(trailers.get("macenv-reason", "")))


def _code_name(number: int) -> str:
    return next((code.name for code in grpc.StatusCode if code.value[0] == number), "UNKNOWN")
