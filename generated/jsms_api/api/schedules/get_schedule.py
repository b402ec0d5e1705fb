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
    from ...models.schedule_detail import ScheduleDetail


def _get_kwargs(
    schedule_id: str,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/schedule/{schedule_id}".format(
            schedule_id=quote(str(schedule_id), safe=""),
        ),
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ErrorEnvelope | ScheduleDetail | None:

    from ...models.error_envelope import ErrorEnvelope
    from ...models.schedule_detail import ScheduleDetail

    if response.status_code == 200:
        response_200 = ScheduleDetail.from_dict(response.json())

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

    if response.status_code == 500:
        response_500 = ErrorEnvelope.from_dict(response.json())

        return response_500

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _read_answer(status: int, answer: Any) -> ScheduleDetail:
    """Makes the typed result of a success from its status and its decoded JSON (None for an empty body).

    Raises ValueError for a status that is no success, and KeyError, TypeError or ValueError for a body of
    another shape.
    """

    from ...models.schedule_detail import ScheduleDetail

    if 200 <= status <= 299:
        if not isinstance(answer, dict):
            raise TypeError(f"getSchedule does not answer with {type(answer).__name__}")
        response_200 = ScheduleDetail.from_dict(answer)

        return response_200
    raise ValueError(f"getSchedule knows no success with status {status}")


OPERATION: Final = Operation(operation_id="getSchedule", build=_get_kwargs, read=_read_answer)
""" Read a scheduled task """


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ErrorEnvelope | ScheduleDetail]:
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
) -> Response[ErrorEnvelope | ScheduleDetail]:
    """Read a scheduled task

     Gives the content of a task, in one shape for single and batch tasks: a single task has a list with
    one recipient. The `msg_id` of every message is known already before it is sent, so note it here if
    you want to match delivery reports later.

    The response has no state, no sign and no tag. Whether the messages went out can only be learned
    from delivery reports. What a read gives after sending or after deleting is not documented; expect a
    sent task to be readable still and a deleted one to give 50028 (G5). There is no path
    `/schedule/batch/{schedule_id}` for reading.

    Args:
        schedule_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorEnvelope | ScheduleDetail]
    """

    kwargs = _get_kwargs(
        schedule_id=schedule_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    schedule_id: str,
    *,
    client: AuthenticatedClient,
) -> ErrorEnvelope | ScheduleDetail | None:
    """Read a scheduled task

     Gives the content of a task, in one shape for single and batch tasks: a single task has a list with
    one recipient. The `msg_id` of every message is known already before it is sent, so note it here if
    you want to match delivery reports later.

    The response has no state, no sign and no tag. Whether the messages went out can only be learned
    from delivery reports. What a read gives after sending or after deleting is not documented; expect a
    sent task to be readable still and a deleted one to give 50028 (G5). There is no path
    `/schedule/batch/{schedule_id}` for reading.

    Args:
        schedule_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorEnvelope | ScheduleDetail
    """

    return sync_detailed(
        schedule_id=schedule_id,
        client=client,
    ).parsed


async def asyncio_detailed(
    schedule_id: str,
    *,
    client: AuthenticatedClient,
) -> Response[ErrorEnvelope | ScheduleDetail]:
    """Read a scheduled task

     Gives the content of a task, in one shape for single and batch tasks: a single task has a list with
    one recipient. The `msg_id` of every message is known already before it is sent, so note it here if
    you want to match delivery reports later.

    The response has no state, no sign and no tag. Whether the messages went out can only be learned
    from delivery reports. What a read gives after sending or after deleting is not documented; expect a
    sent task to be readable still and a deleted one to give 50028 (G5). There is no path
    `/schedule/batch/{schedule_id}` for reading.

    Args:
        schedule_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorEnvelope | ScheduleDetail]
    """

    kwargs = _get_kwargs(
        schedule_id=schedule_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    schedule_id: str,
    *,
    client: AuthenticatedClient,
) -> ErrorEnvelope | ScheduleDetail | None:
    """Read a scheduled task

     Gives the content of a task, in one shape for single and batch tasks: a single task has a list with
    one recipient. The `msg_id` of every message is known already before it is sent, so note it here if
    you want to match delivery reports later.

    The response has no state, no sign and no tag. Whether the messages went out can only be learned
    from delivery reports. What a read gives after sending or after deleting is not documented; expect a
    sent task to be readable still and a deleted one to give 50028 (G5). There is no path
    `/schedule/batch/{schedule_id}` for reading.

    Args:
        schedule_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorEnvelope | ScheduleDetail
    """

    return (
        await asyncio_detailed(
            schedule_id=schedule_id,
            client=client,
        )
    ).parsed
