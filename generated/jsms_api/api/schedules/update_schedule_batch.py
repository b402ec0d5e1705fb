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
    from ...models.schedule_batch_receipt import ScheduleBatchReceipt
    from ...models.schedule_batch_update_request import ScheduleBatchUpdateRequest


def _get_kwargs(
    schedule_id: str,
    *,
    body: ScheduleBatchUpdateRequest,
) -> dict[str, Any]:

    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "put",
        "url": "/schedule/batch/{schedule_id}".format(
            schedule_id=quote(str(schedule_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ErrorEnvelope | ScheduleBatchReceipt | None:

    from ...models.error_envelope import ErrorEnvelope
    from ...models.schedule_batch_receipt import ScheduleBatchReceipt

    if response.status_code == 200:
        response_200 = ScheduleBatchReceipt.from_dict(response.json())

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


def _read_answer(status: int, answer: Any) -> ScheduleBatchReceipt:
    """Makes the typed result of a success from its status and its decoded JSON (None for an empty body).

    Raises ValueError for a status that is no success, and KeyError, TypeError or ValueError for a body of
    another shape.
    """

    from ...models.schedule_batch_receipt import ScheduleBatchReceipt

    if 200 <= status <= 299:
        if not isinstance(answer, dict):
            raise TypeError(f"updateScheduleBatch does not answer with {type(answer).__name__}")
        response_200 = ScheduleBatchReceipt.from_dict(answer)

        return response_200
    raise ValueError(f"updateScheduleBatch knows no success with status {status}")


OPERATION: Final = Operation(operation_id="updateScheduleBatch", build=_get_kwargs, read=_read_answer)
""" Change a scheduled message for many numbers """


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ErrorEnvelope | ScheduleBatchReceipt]:
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
    body: ScheduleBatchUpdateRequest,
) -> Response[ErrorEnvelope | ScheduleBatchReceipt]:
    """Change a scheduled message for many numbers

     Replaces a waiting batch task: time, template, sign and the **whole** list of recipients. Recipients
    that are not in the new list are dropped. As on creation, a 200 can come with entries in
    `failure_recipients`, so look at `failure_count`.

    Only a waiting task can be changed (50029 otherwise, 50028 for an unknown id). `tag` is not in this
    call's table, although some clients send it; it is left out here (C22). Using this path on a task
    made by the single call is not documented; expect 50028 (G6).

    Reading and cancelling have no path of this form: use `/schedule/{schedule_id}` for both kinds of
    task.

    Args:
        schedule_id (str):
        body (ScheduleBatchUpdateRequest): Replacement for a waiting batch task. The fields are
            those of the creation except `tag`, which this call's table does not have (C22).

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorEnvelope | ScheduleBatchReceipt]
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
    body: ScheduleBatchUpdateRequest,
) -> ErrorEnvelope | ScheduleBatchReceipt | None:
    """Change a scheduled message for many numbers

     Replaces a waiting batch task: time, template, sign and the **whole** list of recipients. Recipients
    that are not in the new list are dropped. As on creation, a 200 can come with entries in
    `failure_recipients`, so look at `failure_count`.

    Only a waiting task can be changed (50029 otherwise, 50028 for an unknown id). `tag` is not in this
    call's table, although some clients send it; it is left out here (C22). Using this path on a task
    made by the single call is not documented; expect 50028 (G6).

    Reading and cancelling have no path of this form: use `/schedule/{schedule_id}` for both kinds of
    task.

    Args:
        schedule_id (str):
        body (ScheduleBatchUpdateRequest): Replacement for a waiting batch task. The fields are
            those of the creation except `tag`, which this call's table does not have (C22).

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorEnvelope | ScheduleBatchReceipt
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
    body: ScheduleBatchUpdateRequest,
) -> Response[ErrorEnvelope | ScheduleBatchReceipt]:
    """Change a scheduled message for many numbers

     Replaces a waiting batch task: time, template, sign and the **whole** list of recipients. Recipients
    that are not in the new list are dropped. As on creation, a 200 can come with entries in
    `failure_recipients`, so look at `failure_count`.

    Only a waiting task can be changed (50029 otherwise, 50028 for an unknown id). `tag` is not in this
    call's table, although some clients send it; it is left out here (C22). Using this path on a task
    made by the single call is not documented; expect 50028 (G6).

    Reading and cancelling have no path of this form: use `/schedule/{schedule_id}` for both kinds of
    task.

    Args:
        schedule_id (str):
        body (ScheduleBatchUpdateRequest): Replacement for a waiting batch task. The fields are
            those of the creation except `tag`, which this call's table does not have (C22).

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorEnvelope | ScheduleBatchReceipt]
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
    body: ScheduleBatchUpdateRequest,
) -> ErrorEnvelope | ScheduleBatchReceipt | None:
    """Change a scheduled message for many numbers

     Replaces a waiting batch task: time, template, sign and the **whole** list of recipients. Recipients
    that are not in the new list are dropped. As on creation, a 200 can come with entries in
    `failure_recipients`, so look at `failure_count`.

    Only a waiting task can be changed (50029 otherwise, 50028 for an unknown id). `tag` is not in this
    call's table, although some clients send it; it is left out here (C22). Using this path on a task
    made by the single call is not documented; expect 50028 (G6).

    Reading and cancelling have no path of this form: use `/schedule/{schedule_id}` for both kinds of
    task.

    Args:
        schedule_id (str):
        body (ScheduleBatchUpdateRequest): Replacement for a waiting batch task. The fields are
            those of the creation except `tag`, which this call's table does not have (C22).

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorEnvelope | ScheduleBatchReceipt
    """

    return (
        await asyncio_detailed(
            schedule_id=schedule_id,
            client=client,
            body=body,
        )
    ).parsed
