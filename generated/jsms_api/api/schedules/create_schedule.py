# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again.
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ... import errors
from ...types import Operation, Response

if TYPE_CHECKING:
    import httpx

    from ...client import AuthenticatedClient, Client
    from ...models.error_envelope import ErrorEnvelope
    from ...models.schedule_receipt import ScheduleReceipt
    from ...models.schedule_request import ScheduleRequest


def _get_kwargs(
    *,
    body: ScheduleRequest,
) -> dict[str, Any]:

    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/schedule",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ErrorEnvelope | ScheduleReceipt | None:

    from ...models.error_envelope import ErrorEnvelope
    from ...models.schedule_receipt import ScheduleReceipt

    if response.status_code == 200:
        response_200 = ScheduleReceipt.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = ErrorEnvelope.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = ErrorEnvelope.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = ErrorEnvelope.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = ErrorEnvelope.from_dict(response.json())

        return response_404

    if response.status_code == 405:
        response_405 = ErrorEnvelope.from_dict(response.json())

        return response_405

    if response.status_code == 415:
        response_415 = ErrorEnvelope.from_dict(response.json())

        return response_415

    if response.status_code == 500:
        response_500 = ErrorEnvelope.from_dict(response.json())

        return response_500

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _read_answer(status: int, answer: Any) -> ScheduleReceipt:
    """Makes the typed result of a success from its status and its decoded JSON (None for an empty body).

    Raises ValueError for a status that is no success, and KeyError, TypeError or ValueError for a body of
    another shape.
    """

    from ...models.schedule_receipt import ScheduleReceipt

    if 200 <= status <= 299:
        if not isinstance(answer, dict):
            raise TypeError(f"createSchedule does not answer with {type(answer).__name__}")
        response_200 = ScheduleReceipt.from_dict(answer)

        return response_200
    raise ValueError(f"createSchedule knows no success with status {status}")


OPERATION: Final = Operation(operation_id="createSchedule", build=_get_kwargs, read=_read_answer)
""" Send one template message at a later time """


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ErrorEnvelope | ScheduleReceipt]:
    return Response(
        status_code=response.status_code,
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: ScheduleRequest,
) -> Response[ErrorEnvelope | ScheduleReceipt]:
    """Send one template message at a later time

     Submits one message now and has it sent at `send_time`. Keep the `schedule_id`: no operation lists
    waiting tasks.

    `send_time` is text, `yyyy-MM-dd HH:mm:ss`, without a zone: read it as China Standard Time, UTC+8
    (G7). An empty time and a time before now are refused with 50027. No smallest lead and no horizon
    are documented. Marketing may go out between 08:00 and 21:00 only; whether another time is refused
    here or fails later is not documented (G15).

    Template, variables and number are checked at once. Leave `temp_para` out only if the template has
    no variables: none given is 50023, some missing is 50022 (C21). The balance is checked too (50014),
    but an accepted task can still run dry when it is due; that shows as delivery status 4005 (C31).
    Submitting too often is no reason for a refusal here (C8).

    There is no idempotency key. If the response is lost, a second call may create a second task and a
    second message.

    Args:
        body (ScheduleRequest): One message and the moment at which it goes out. Also the body of
            a change, which replaces all of it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorEnvelope | ScheduleReceipt]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: ScheduleRequest,
) -> ErrorEnvelope | ScheduleReceipt | None:
    """Send one template message at a later time

     Submits one message now and has it sent at `send_time`. Keep the `schedule_id`: no operation lists
    waiting tasks.

    `send_time` is text, `yyyy-MM-dd HH:mm:ss`, without a zone: read it as China Standard Time, UTC+8
    (G7). An empty time and a time before now are refused with 50027. No smallest lead and no horizon
    are documented. Marketing may go out between 08:00 and 21:00 only; whether another time is refused
    here or fails later is not documented (G15).

    Template, variables and number are checked at once. Leave `temp_para` out only if the template has
    no variables: none given is 50023, some missing is 50022 (C21). The balance is checked too (50014),
    but an accepted task can still run dry when it is due; that shows as delivery status 4005 (C31).
    Submitting too often is no reason for a refusal here (C8).

    There is no idempotency key. If the response is lost, a second call may create a second task and a
    second message.

    Args:
        body (ScheduleRequest): One message and the moment at which it goes out. Also the body of
            a change, which replaces all of it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorEnvelope | ScheduleReceipt
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: ScheduleRequest,
) -> Response[ErrorEnvelope | ScheduleReceipt]:
    """Send one template message at a later time

     Submits one message now and has it sent at `send_time`. Keep the `schedule_id`: no operation lists
    waiting tasks.

    `send_time` is text, `yyyy-MM-dd HH:mm:ss`, without a zone: read it as China Standard Time, UTC+8
    (G7). An empty time and a time before now are refused with 50027. No smallest lead and no horizon
    are documented. Marketing may go out between 08:00 and 21:00 only; whether another time is refused
    here or fails later is not documented (G15).

    Template, variables and number are checked at once. Leave `temp_para` out only if the template has
    no variables: none given is 50023, some missing is 50022 (C21). The balance is checked too (50014),
    but an accepted task can still run dry when it is due; that shows as delivery status 4005 (C31).
    Submitting too often is no reason for a refusal here (C8).

    There is no idempotency key. If the response is lost, a second call may create a second task and a
    second message.

    Args:
        body (ScheduleRequest): One message and the moment at which it goes out. Also the body of
            a change, which replaces all of it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorEnvelope | ScheduleReceipt]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: ScheduleRequest,
) -> ErrorEnvelope | ScheduleReceipt | None:
    """Send one template message at a later time

     Submits one message now and has it sent at `send_time`. Keep the `schedule_id`: no operation lists
    waiting tasks.

    `send_time` is text, `yyyy-MM-dd HH:mm:ss`, without a zone: read it as China Standard Time, UTC+8
    (G7). An empty time and a time before now are refused with 50027. No smallest lead and no horizon
    are documented. Marketing may go out between 08:00 and 21:00 only; whether another time is refused
    here or fails later is not documented (G15).

    Template, variables and number are checked at once. Leave `temp_para` out only if the template has
    no variables: none given is 50023, some missing is 50022 (C21). The balance is checked too (50014),
    but an accepted task can still run dry when it is due; that shows as delivery status 4005 (C31).
    Submitting too often is no reason for a refusal here (C8).

    There is no idempotency key. If the response is lost, a second call may create a second task and a
    second message.

    Args:
        body (ScheduleRequest): One message and the moment at which it goes out. Also the body of
            a change, which replaces all of it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorEnvelope | ScheduleReceipt
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
