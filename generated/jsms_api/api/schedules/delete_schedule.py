# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again.
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import quote

from ... import errors
from ...types import Operation, Response

if TYPE_CHECKING:
    import httpx

    from ...client import AuthenticatedClient, Client
    from ...models.error_envelope import ErrorEnvelope


def _get_kwargs(
    schedule_id: str,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "delete",
        "url": "/schedule/{schedule_id}".format(
            schedule_id=quote(str(schedule_id), safe=""),
        ),
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Any | ErrorEnvelope | None:

    from ...models.error_envelope import ErrorEnvelope

    if response.status_code == 200:
        response_200 = cast(Any, None)
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


def _read_answer(status: int, answer: Any) -> None:
    """Makes the typed result of a success from its status and its decoded JSON (None for an empty body).

    Raises ValueError for a status that is no success, and KeyError, TypeError or ValueError for a body of
    another shape.
    """

    if 200 <= status <= 299:
        return None
    raise ValueError(f"deleteSchedule knows no success with status {status}")


OPERATION: Final = Operation(operation_id="deleteSchedule", build=_get_kwargs, read=_read_answer)
""" Cancel a scheduled task """


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Any | ErrorEnvelope]:
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
) -> Response[Any | ErrorEnvelope]:
    """Cancel a scheduled task

     Cancels a waiting task, single or batch; there is no path `/schedule/batch/{schedule_id}` for
    cancelling. All messages of the task are dropped; a single recipient of a batch cannot be taken out
    this way (change the task instead).

    A task that was sent or deleted before gives 50029, an unknown id gives 50028. So a repeated call
    does no harm: after a lost response, 50029 tells that the task is either cancelled already or gone
    out. How shortly before `send_time` a task can still be cancelled is not documented.

    Args:
        schedule_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ErrorEnvelope]
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
) -> Any | ErrorEnvelope | None:
    """Cancel a scheduled task

     Cancels a waiting task, single or batch; there is no path `/schedule/batch/{schedule_id}` for
    cancelling. All messages of the task are dropped; a single recipient of a batch cannot be taken out
    this way (change the task instead).

    A task that was sent or deleted before gives 50029, an unknown id gives 50028. So a repeated call
    does no harm: after a lost response, 50029 tells that the task is either cancelled already or gone
    out. How shortly before `send_time` a task can still be cancelled is not documented.

    Args:
        schedule_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ErrorEnvelope
    """

    return sync_detailed(
        schedule_id=schedule_id,
        client=client,
    ).parsed


async def asyncio_detailed(
    schedule_id: str,
    *,
    client: AuthenticatedClient,
) -> Response[Any | ErrorEnvelope]:
    """Cancel a scheduled task

     Cancels a waiting task, single or batch; there is no path `/schedule/batch/{schedule_id}` for
    cancelling. All messages of the task are dropped; a single recipient of a batch cannot be taken out
    this way (change the task instead).

    A task that was sent or deleted before gives 50029, an unknown id gives 50028. So a repeated call
    does no harm: after a lost response, 50029 tells that the task is either cancelled already or gone
    out. How shortly before `send_time` a task can still be cancelled is not documented.

    Args:
        schedule_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ErrorEnvelope]
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
) -> Any | ErrorEnvelope | None:
    """Cancel a scheduled task

     Cancels a waiting task, single or batch; there is no path `/schedule/batch/{schedule_id}` for
    cancelling. All messages of the task are dropped; a single recipient of a batch cannot be taken out
    this way (change the task instead).

    A task that was sent or deleted before gives 50029, an unknown id gives 50028. So a repeated call
    does no harm: after a lost response, 50029 tells that the task is either cancelled already or gone
    out. How shortly before `send_time` a task can still be cancelled is not documented.

    Args:
        schedule_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ErrorEnvelope
    """

    return (
        await asyncio_detailed(
            schedule_id=schedule_id,
            client=client,
        )
    ).parsed
