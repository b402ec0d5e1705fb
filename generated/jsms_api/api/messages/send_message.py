# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again.
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ... import errors
from ...types import Operation, Response

if TYPE_CHECKING:
    import httpx

    from ...client import AuthenticatedClient, Client
    from ...models.error_envelope import ErrorEnvelope
    from ...models.message_receipt import MessageReceipt
    from ...models.send_message_request import SendMessageRequest


def _get_kwargs(
    *,
    body: SendMessageRequest,
) -> dict[str, Any]:

    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/messages",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ErrorEnvelope | MessageReceipt | None:

    from ...models.error_envelope import ErrorEnvelope
    from ...models.message_receipt import MessageReceipt

    if response.status_code == 200:
        response_200 = MessageReceipt.from_dict(response.json())

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


def _read_answer(status: int, answer: Any) -> MessageReceipt:
    """Makes the typed result of a success from its status and its decoded JSON (None for an empty body).

    Raises ValueError for a status that is no success, and KeyError, TypeError or ValueError for a body of
    another shape.
    """

    from ...models.message_receipt import MessageReceipt

    if 200 <= status <= 299:
        if not isinstance(answer, dict):
            raise TypeError(f"sendMessage does not answer with {type(answer).__name__}")
        response_200 = MessageReceipt.from_dict(answer)

        return response_200
    raise ValueError(f"sendMessage knows no success with status {status}")


OPERATION: Final = Operation(operation_id="sendMessage", build=_get_kwargs, read=_read_answer)
""" Send one template message """


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ErrorEnvelope | MessageReceipt]:
    return Response(
        status_code=response.status_code,
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: SendMessageRequest,
) -> Response[ErrorEnvelope | MessageReceipt]:
    """Send one template message

     Fills a template with your values and sends it to one number: notices, marketing, and codes that you
    make and check yourself.

    - Every `{{name}}` of the template needs a value in `temp_para`. No value at all gives 50023, some
    but not all 50022 (C21). Names that the template does not know are presumably ignored (G22).
    - The length of the final text counts: `【sign】`, filled template, unsubscribe hint of marketing.
    More than 500 characters give 50038 (C10). Up to 70 characters cost one unit of the balance, longer
    texts one unit per 67 characters begun.
    - Values with 【 or 】 are refused with 50054, forbidden words with 50037, marketing to an
    unsubscribed number with 50024.
    - Limits for one number: notices with the same text 3 in 10 minutes, 200 in 24 hours (C30);
    marketing 3 in 10 minutes; then 50009.
    - `verifyCode` cannot check a code sent this way (G21).
    - There is no idempotency key (G16). Without a response the message may still have been sent: do not
    retry blindly.

    Args:
        body (SendMessageRequest): Body of `sendMessage`. Unlike the batch call it has no `tag`
            (C22).

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorEnvelope | MessageReceipt]
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
    body: SendMessageRequest,
) -> ErrorEnvelope | MessageReceipt | None:
    """Send one template message

     Fills a template with your values and sends it to one number: notices, marketing, and codes that you
    make and check yourself.

    - Every `{{name}}` of the template needs a value in `temp_para`. No value at all gives 50023, some
    but not all 50022 (C21). Names that the template does not know are presumably ignored (G22).
    - The length of the final text counts: `【sign】`, filled template, unsubscribe hint of marketing.
    More than 500 characters give 50038 (C10). Up to 70 characters cost one unit of the balance, longer
    texts one unit per 67 characters begun.
    - Values with 【 or 】 are refused with 50054, forbidden words with 50037, marketing to an
    unsubscribed number with 50024.
    - Limits for one number: notices with the same text 3 in 10 minutes, 200 in 24 hours (C30);
    marketing 3 in 10 minutes; then 50009.
    - `verifyCode` cannot check a code sent this way (G21).
    - There is no idempotency key (G16). Without a response the message may still have been sent: do not
    retry blindly.

    Args:
        body (SendMessageRequest): Body of `sendMessage`. Unlike the batch call it has no `tag`
            (C22).

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorEnvelope | MessageReceipt
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: SendMessageRequest,
) -> Response[ErrorEnvelope | MessageReceipt]:
    """Send one template message

     Fills a template with your values and sends it to one number: notices, marketing, and codes that you
    make and check yourself.

    - Every `{{name}}` of the template needs a value in `temp_para`. No value at all gives 50023, some
    but not all 50022 (C21). Names that the template does not know are presumably ignored (G22).
    - The length of the final text counts: `【sign】`, filled template, unsubscribe hint of marketing.
    More than 500 characters give 50038 (C10). Up to 70 characters cost one unit of the balance, longer
    texts one unit per 67 characters begun.
    - Values with 【 or 】 are refused with 50054, forbidden words with 50037, marketing to an
    unsubscribed number with 50024.
    - Limits for one number: notices with the same text 3 in 10 minutes, 200 in 24 hours (C30);
    marketing 3 in 10 minutes; then 50009.
    - `verifyCode` cannot check a code sent this way (G21).
    - There is no idempotency key (G16). Without a response the message may still have been sent: do not
    retry blindly.

    Args:
        body (SendMessageRequest): Body of `sendMessage`. Unlike the batch call it has no `tag`
            (C22).

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorEnvelope | MessageReceipt]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: SendMessageRequest,
) -> ErrorEnvelope | MessageReceipt | None:
    """Send one template message

     Fills a template with your values and sends it to one number: notices, marketing, and codes that you
    make and check yourself.

    - Every `{{name}}` of the template needs a value in `temp_para`. No value at all gives 50023, some
    but not all 50022 (C21). Names that the template does not know are presumably ignored (G22).
    - The length of the final text counts: `【sign】`, filled template, unsubscribe hint of marketing.
    More than 500 characters give 50038 (C10). Up to 70 characters cost one unit of the balance, longer
    texts one unit per 67 characters begun.
    - Values with 【 or 】 are refused with 50054, forbidden words with 50037, marketing to an
    unsubscribed number with 50024.
    - Limits for one number: notices with the same text 3 in 10 minutes, 200 in 24 hours (C30);
    marketing 3 in 10 minutes; then 50009.
    - `verifyCode` cannot check a code sent this way (G21).
    - There is no idempotency key (G16). Without a response the message may still have been sent: do not
    retry blindly.

    Args:
        body (SendMessageRequest): Body of `sendMessage`. Unlike the batch call it has no `tag`
            (C22).

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorEnvelope | MessageReceipt
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
