# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again.
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ... import errors
from ...types import Operation, Response

if TYPE_CHECKING:
    import httpx

    from ...client import AuthenticatedClient, Client
    from ...models.error_envelope import ErrorEnvelope
    from ...models.schedule_batch_receipt import ScheduleBatchReceipt
    from ...models.schedule_batch_request import ScheduleBatchRequest


def _get_kwargs(
    *,
    body: ScheduleBatchRequest,
) -> dict[str, Any]:

    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/schedule/batch",
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
            raise TypeError(f"createScheduleBatch does not answer with {type(answer).__name__}")
        response_200 = ScheduleBatchReceipt.from_dict(answer)

        return response_200
    raise ValueError(f"createScheduleBatch knows no success with status {status}")


OPERATION: Final = Operation(operation_id="createScheduleBatch", build=_get_kwargs, read=_read_answer)
""" Send one template to many numbers at a later time """


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
    *,
    client: AuthenticatedClient,
    body: ScheduleBatchRequest,
) -> Response[ErrorEnvelope | ScheduleBatchReceipt]:
    """Send one template to many numbers at a later time

     One template, one time, 1 to 1000 recipients, each with its own values. No entry at all is 50030,
    more than 1000 is 50031.

    **A 200 does not mean that every recipient gets the message.** Entries that cannot be sent are left
    out of the task and listed in `failure_recipients`, each with its error code; the others wait for
    `send_time`. Check `failure_count` every time. Unlike the immediate batch call this one lists the
    failed entries only, and without a `msg_id`. The `error_code` of an entry is **text** such as
    `"50006"`, the code in an error envelope a number (C3). When every entry fails, presumably still 200
    with `success_count` 0 (G4).

    Faults that concern all recipients (template, sign, time, form of the body) refuse the whole
    request.

    The rules for `send_time` and the variables are those of the single call. `tag` is a label for your
    own use, at most ten characters; it never appears in the message.

    Args:
        body (ScheduleBatchRequest): One template for many recipients, and the moment at which the
            messages go out.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorEnvelope | ScheduleBatchReceipt]
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
    body: ScheduleBatchRequest,
) -> ErrorEnvelope | ScheduleBatchReceipt | None:
    """Send one template to many numbers at a later time

     One template, one time, 1 to 1000 recipients, each with its own values. No entry at all is 50030,
    more than 1000 is 50031.

    **A 200 does not mean that every recipient gets the message.** Entries that cannot be sent are left
    out of the task and listed in `failure_recipients`, each with its error code; the others wait for
    `send_time`. Check `failure_count` every time. Unlike the immediate batch call this one lists the
    failed entries only, and without a `msg_id`. The `error_code` of an entry is **text** such as
    `"50006"`, the code in an error envelope a number (C3). When every entry fails, presumably still 200
    with `success_count` 0 (G4).

    Faults that concern all recipients (template, sign, time, form of the body) refuse the whole
    request.

    The rules for `send_time` and the variables are those of the single call. `tag` is a label for your
    own use, at most ten characters; it never appears in the message.

    Args:
        body (ScheduleBatchRequest): One template for many recipients, and the moment at which the
            messages go out.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorEnvelope | ScheduleBatchReceipt
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: ScheduleBatchRequest,
) -> Response[ErrorEnvelope | ScheduleBatchReceipt]:
    """Send one template to many numbers at a later time

     One template, one time, 1 to 1000 recipients, each with its own values. No entry at all is 50030,
    more than 1000 is 50031.

    **A 200 does not mean that every recipient gets the message.** Entries that cannot be sent are left
    out of the task and listed in `failure_recipients`, each with its error code; the others wait for
    `send_time`. Check `failure_count` every time. Unlike the immediate batch call this one lists the
    failed entries only, and without a `msg_id`. The `error_code` of an entry is **text** such as
    `"50006"`, the code in an error envelope a number (C3). When every entry fails, presumably still 200
    with `success_count` 0 (G4).

    Faults that concern all recipients (template, sign, time, form of the body) refuse the whole
    request.

    The rules for `send_time` and the variables are those of the single call. `tag` is a label for your
    own use, at most ten characters; it never appears in the message.

    Args:
        body (ScheduleBatchRequest): One template for many recipients, and the moment at which the
            messages go out.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorEnvelope | ScheduleBatchReceipt]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: ScheduleBatchRequest,
) -> ErrorEnvelope | ScheduleBatchReceipt | None:
    """Send one template to many numbers at a later time

     One template, one time, 1 to 1000 recipients, each with its own values. No entry at all is 50030,
    more than 1000 is 50031.

    **A 200 does not mean that every recipient gets the message.** Entries that cannot be sent are left
    out of the task and listed in `failure_recipients`, each with its error code; the others wait for
    `send_time`. Check `failure_count` every time. Unlike the immediate batch call this one lists the
    failed entries only, and without a `msg_id`. The `error_code` of an entry is **text** such as
    `"50006"`, the code in an error envelope a number (C3). When every entry fails, presumably still 200
    with `success_count` 0 (G4).

    Faults that concern all recipients (template, sign, time, form of the body) refuse the whole
    request.

    The rules for `send_time` and the variables are those of the single call. `tag` is a label for your
    own use, at most ten characters; it never appears in the message.

    Args:
        body (ScheduleBatchRequest): One template for many recipients, and the moment at which the
            messages go out.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorEnvelope | ScheduleBatchReceipt
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
