# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again.
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from ... import errors
from ...types import Operation, Response

if TYPE_CHECKING:
    import httpx

    from ...client import AuthenticatedClient, Client
    from ...models.error_envelope import ErrorEnvelope
    from ...models.schedule_receipt import ScheduleReceipt
    from ...models.schedule_request import ScheduleRequest


def _get_kwargs(
    schedule_id: str,
    *,
    body: ScheduleRequest,
) -> dict[str, Any]:

    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "put",
        "url": "/schedule/{schedule_id}".format(
            schedule_id=quote(str(schedule_id), safe=""),
        ),
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
            raise TypeError(f"updateSchedule does not answer with {type(answer).__name__}")
        response_200 = ScheduleReceipt.from_dict(answer)

        return response_200
    raise ValueError(f"updateSchedule knows no success with status {status}")


OPERATION: Final = Operation(operation_id="updateSchedule", build=_get_kwargs, read=_read_answer)
""" Change a scheduled message for one number """


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
    schedule_id: str,
    *,
    client: AuthenticatedClient,
    body: ScheduleRequest,
) -> Response[ErrorEnvelope | ScheduleReceipt]:
    """Change a scheduled message for one number

     Replaces a waiting task. Every required field has to be sent again, also those that stay as they
    were: this is a full replacement, partial changes are not documented. The `schedule_id` stays the
    same.

    Only a waiting task can be changed. One that was sent or deleted gives 50029, an unknown id gives
    50028. An id that belongs to another application counts as unknown (G23). How shortly before
    `send_time` a change is still accepted is not documented.

    This path is for tasks made by the single call. What it does to a batch task is not documented;
    expect 50028, the same as for an unknown id (G6).

    Args:
        schedule_id (str):
        body (ScheduleRequest): One message and the moment at which it goes out. Also the body of
            a change, which replaces all of it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorEnvelope | ScheduleReceipt]
    """

    kwargs = _get_kwargs(
        schedule_id=schedule_id,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    schedule_id: str,
    *,
    client: AuthenticatedClient,
    body: ScheduleRequest,
) -> ErrorEnvelope | ScheduleReceipt | None:
    """Change a scheduled message for one number

     Replaces a waiting task. Every required field has to be sent again, also those that stay as they
    were: this is a full replacement, partial changes are not documented. The `schedule_id` stays the
    same.

    Only a waiting task can be changed. One that was sent or deleted gives 50029, an unknown id gives
    50028. An id that belongs to another application counts as unknown (G23). How shortly before
    `send_time` a change is still accepted is not documented.

    This path is for tasks made by the single call. What it does to a batch task is not documented;
    expect 50028, the same as for an unknown id (G6).

    Args:
        schedule_id (str):
        body (ScheduleRequest): One message and the moment at which it goes out. Also the body of
            a change, which replaces all of it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorEnvelope | ScheduleReceipt
    """

    return sync_detailed(
        schedule_id=schedule_id,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    schedule_id: str,
    *,
    client: AuthenticatedClient,
    body: ScheduleRequest,
) -> Response[ErrorEnvelope | ScheduleReceipt]:
    """Change a scheduled message for one number

     Replaces a waiting task. Every required field has to be sent again, also those that stay as they
    were: this is a full replacement, partial changes are not documented. The `schedule_id` stays the
    same.

    Only a waiting task can be changed. One that was sent or deleted gives 50029, an unknown id gives
    50028. An id that belongs to another application counts as unknown (G23). How shortly before
    `send_time` a change is still accepted is not documented.

    This path is for tasks made by the single call. What it does to a batch task is not documented;
    expect 50028, the same as for an unknown id (G6).

    Args:
        schedule_id (str):
        body (ScheduleRequest): One message and the moment at which it goes out. Also the body of
            a change, which replaces all of it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorEnvelope | ScheduleReceipt]
    """

    kwargs = _get_kwargs(
        schedule_id=schedule_id,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    schedule_id: str,
    *,
    client: AuthenticatedClient,
    body: ScheduleRequest,
) -> ErrorEnvelope | ScheduleReceipt | None:
    """Change a scheduled message for one number

     Replaces a waiting task. Every required field has to be sent again, also those that stay as they
    were: this is a full replacement, partial changes are not documented. The `schedule_id` stays the
    same.

    Only a waiting task can be changed. One that was sent or deleted gives 50029, an unknown id gives
    50028. An id that belongs to another application counts as unknown (G23). How shortly before
    `send_time` a change is still accepted is not documented.

    This path is for tasks made by the single call. What it does to a batch task is not documented;
    expect 50028, the same as for an unknown id (G6).

    Args:
        schedule_id (str):
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
            schedule_id=schedule_id,
            client=client,
            body=body,
        )
    ).parsed
