# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again.
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ... import errors
from ...types import Operation, Response

if TYPE_CHECKING:
    import httpx

    from ...client import AuthenticatedClient, Client
    from ...models.batch_answer import BatchAnswer
    from ...models.error_envelope import ErrorEnvelope
    from ...models.send_message_batch_request import SendMessageBatchRequest


def _get_kwargs(
    *,
    body: SendMessageBatchRequest,
) -> dict[str, Any]:

    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/messages/batch",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> BatchAnswer | ErrorEnvelope | None:

    from ...models.batch_answer import BatchAnswer
    from ...models.error_envelope import ErrorEnvelope

    if response.status_code == 200:
        response_200 = BatchAnswer.from_dict(response.json())

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


def _read_answer(status: int, answer: Any) -> BatchAnswer:
    """Makes the typed result of a success from its status and its decoded JSON (None for an empty body).

    Raises ValueError for a status that is no success, and KeyError, TypeError or ValueError for a body of
    another shape.
    """

    from ...models.batch_answer import BatchAnswer

    if 200 <= status <= 299:
        if not isinstance(answer, dict):
            raise TypeError(f"sendMessageBatch does not answer with {type(answer).__name__}")
        response_200 = BatchAnswer.from_dict(answer)

        return response_200
    raise ValueError(f"sendMessageBatch knows no success with status {status}")


OPERATION: Final = Operation(operation_id="sendMessageBatch", build=_get_kwargs, read=_read_answer)
""" Send one template to many numbers """


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[BatchAnswer | ErrorEnvelope]:
    return Response(
        status_code=response.status_code,
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: SendMessageBatchRequest,
) -> Response[BatchAnswer | ErrorEnvelope]:
    """Send one template to many numbers

     Sends one template to 1 to 1000 numbers, each with its own values. The rules of `sendMessage` hold
    for every entry.

    **A 200 does not mean that anything was sent.** Faults of the whole request (unknown template, no
    recipients, more than 1000) refuse it with an error envelope. Faults of single entries (a bad
    number, a missing value) are reported inside a 200, entry by entry; when every entry fails,
    presumably still 200 with `success_count` 0 (G4).

    - Tell a failed entry by its `error_code`, which is text here (`"50006"`) and a number everywhere
    else (C3). Failed entries have a `msg_id` too.
    - The only sample has the entries in the order of the request; no page promises that.
    - The same text twice to the same number: the second one is reported as 50034.
    - There is no idempotency key (G16). Without a response any of the messages may have been sent: do
    not retry blindly.
    - After a partial failure send only the failed entries again, and only where their code says that it
    can help.

    Args:
        body (SendMessageBatchRequest): Body of `sendMessageBatch`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BatchAnswer | ErrorEnvelope]
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
    body: SendMessageBatchRequest,
) -> BatchAnswer | ErrorEnvelope | None:
    """Send one template to many numbers

     Sends one template to 1 to 1000 numbers, each with its own values. The rules of `sendMessage` hold
    for every entry.

    **A 200 does not mean that anything was sent.** Faults of the whole request (unknown template, no
    recipients, more than 1000) refuse it with an error envelope. Faults of single entries (a bad
    number, a missing value) are reported inside a 200, entry by entry; when every entry fails,
    presumably still 200 with `success_count` 0 (G4).

    - Tell a failed entry by its `error_code`, which is text here (`"50006"`) and a number everywhere
    else (C3). Failed entries have a `msg_id` too.
    - The only sample has the entries in the order of the request; no page promises that.
    - The same text twice to the same number: the second one is reported as 50034.
    - There is no idempotency key (G16). Without a response any of the messages may have been sent: do
    not retry blindly.
    - After a partial failure send only the failed entries again, and only where their code says that it
    can help.

    Args:
        body (SendMessageBatchRequest): Body of `sendMessageBatch`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BatchAnswer | ErrorEnvelope
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: SendMessageBatchRequest,
) -> Response[BatchAnswer | ErrorEnvelope]:
    """Send one template to many numbers

     Sends one template to 1 to 1000 numbers, each with its own values. The rules of `sendMessage` hold
    for every entry.

    **A 200 does not mean that anything was sent.** Faults of the whole request (unknown template, no
    recipients, more than 1000) refuse it with an error envelope. Faults of single entries (a bad
    number, a missing value) are reported inside a 200, entry by entry; when every entry fails,
    presumably still 200 with `success_count` 0 (G4).

    - Tell a failed entry by its `error_code`, which is text here (`"50006"`) and a number everywhere
    else (C3). Failed entries have a `msg_id` too.
    - The only sample has the entries in the order of the request; no page promises that.
    - The same text twice to the same number: the second one is reported as 50034.
    - There is no idempotency key (G16). Without a response any of the messages may have been sent: do
    not retry blindly.
    - After a partial failure send only the failed entries again, and only where their code says that it
    can help.

    Args:
        body (SendMessageBatchRequest): Body of `sendMessageBatch`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BatchAnswer | ErrorEnvelope]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: SendMessageBatchRequest,
) -> BatchAnswer | ErrorEnvelope | None:
    """Send one template to many numbers

     Sends one template to 1 to 1000 numbers, each with its own values. The rules of `sendMessage` hold
    for every entry.

    **A 200 does not mean that anything was sent.** Faults of the whole request (unknown template, no
    recipients, more than 1000) refuse it with an error envelope. Faults of single entries (a bad
    number, a missing value) are reported inside a 200, entry by entry; when every entry fails,
    presumably still 200 with `success_count` 0 (G4).

    - Tell a failed entry by its `error_code`, which is text here (`"50006"`) and a number everywhere
    else (C3). Failed entries have a `msg_id` too.
    - The only sample has the entries in the order of the request; no page promises that.
    - The same text twice to the same number: the second one is reported as 50034.
    - There is no idempotency key (G16). Without a response any of the messages may have been sent: do
    not retry blindly.
    - After a partial failure send only the failed entries again, and only where their code says that it
    can help.

    Args:
        body (SendMessageBatchRequest): Body of `sendMessageBatch`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BatchAnswer | ErrorEnvelope
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
