# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again.
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ... import errors
from ...types import Operation, Response

if TYPE_CHECKING:
    import httpx

    from ...client import AuthenticatedClient, Client
    from ...models.code_receipt import CodeReceipt
    from ...models.error_envelope import ErrorEnvelope
    from ...models.send_voice_code_request import SendVoiceCodeRequest


def _get_kwargs(
    *,
    body: SendVoiceCodeRequest,
) -> dict[str, Any]:

    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/voice_codes",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> CodeReceipt | ErrorEnvelope | None:

    from ...models.code_receipt import CodeReceipt
    from ...models.error_envelope import ErrorEnvelope

    if response.status_code == 200:
        response_200 = CodeReceipt.from_dict(response.json())

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


def _read_answer(status: int, answer: Any) -> CodeReceipt:
    """Makes the typed result of a success from its status and its decoded JSON (None for an empty body).

    Raises ValueError for a status that is no success, and KeyError, TypeError or ValueError for a body of
    another shape.
    """

    from ...models.code_receipt import CodeReceipt

    if 200 <= status <= 299:
        if not isinstance(answer, dict):
            raise TypeError(f"sendVoiceCode does not answer with {type(answer).__name__}")
        response_200 = CodeReceipt.from_dict(answer)

        return response_200
    raise ValueError(f"sendVoiceCode knows no success with status {status}")


OPERATION: Final = Operation(operation_id="sendVoiceCode", build=_get_kwargs, read=_read_answer)
""" Send a spoken verification code """


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[CodeReceipt | ErrorEnvelope]:
    return Response(
        status_code=response.status_code,
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: SendVoiceCodeRequest,
) -> Response[CodeReceipt | ErrorEnvelope]:
    """Send a spoken verification code

     The service calls the number and reads a code out. Check it afterwards with `verifyCode`, as for a
    text code.

    - Unlike a text code it needs no template and no sign.
    - You may bring the code yourself: `code`, 4 to 8 digits, as text so that leading zeros survive.
    Without it the service makes one. Either way it is the service that compares later.
    - `ttl` is the life of the code in seconds; without it the service uses 60. The voice page names no
    bounds, the ones given here are the rule for templates, which shares the code 50041.
    - `voice_lang` chooses the language; that Chinese (0) is spoken when it is left out is assumed
    (G11).
    - One number can be called once in 20 seconds; sooner gives 50009.
    - There is no idempotency key (G16). If no response arrives, the phone may still ring: do not repeat
    the call blindly.

    Args:
        body (SendVoiceCodeRequest): Body of `sendVoiceCode`. No template and no sign are
            involved.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CodeReceipt | ErrorEnvelope]
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
    body: SendVoiceCodeRequest,
) -> CodeReceipt | ErrorEnvelope | None:
    """Send a spoken verification code

     The service calls the number and reads a code out. Check it afterwards with `verifyCode`, as for a
    text code.

    - Unlike a text code it needs no template and no sign.
    - You may bring the code yourself: `code`, 4 to 8 digits, as text so that leading zeros survive.
    Without it the service makes one. Either way it is the service that compares later.
    - `ttl` is the life of the code in seconds; without it the service uses 60. The voice page names no
    bounds, the ones given here are the rule for templates, which shares the code 50041.
    - `voice_lang` chooses the language; that Chinese (0) is spoken when it is left out is assumed
    (G11).
    - One number can be called once in 20 seconds; sooner gives 50009.
    - There is no idempotency key (G16). If no response arrives, the phone may still ring: do not repeat
    the call blindly.

    Args:
        body (SendVoiceCodeRequest): Body of `sendVoiceCode`. No template and no sign are
            involved.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CodeReceipt | ErrorEnvelope
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: SendVoiceCodeRequest,
) -> Response[CodeReceipt | ErrorEnvelope]:
    """Send a spoken verification code

     The service calls the number and reads a code out. Check it afterwards with `verifyCode`, as for a
    text code.

    - Unlike a text code it needs no template and no sign.
    - You may bring the code yourself: `code`, 4 to 8 digits, as text so that leading zeros survive.
    Without it the service makes one. Either way it is the service that compares later.
    - `ttl` is the life of the code in seconds; without it the service uses 60. The voice page names no
    bounds, the ones given here are the rule for templates, which shares the code 50041.
    - `voice_lang` chooses the language; that Chinese (0) is spoken when it is left out is assumed
    (G11).
    - One number can be called once in 20 seconds; sooner gives 50009.
    - There is no idempotency key (G16). If no response arrives, the phone may still ring: do not repeat
    the call blindly.

    Args:
        body (SendVoiceCodeRequest): Body of `sendVoiceCode`. No template and no sign are
            involved.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CodeReceipt | ErrorEnvelope]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: SendVoiceCodeRequest,
) -> CodeReceipt | ErrorEnvelope | None:
    """Send a spoken verification code

     The service calls the number and reads a code out. Check it afterwards with `verifyCode`, as for a
    text code.

    - Unlike a text code it needs no template and no sign.
    - You may bring the code yourself: `code`, 4 to 8 digits, as text so that leading zeros survive.
    Without it the service makes one. Either way it is the service that compares later.
    - `ttl` is the life of the code in seconds; without it the service uses 60. The voice page names no
    bounds, the ones given here are the rule for templates, which shares the code 50041.
    - `voice_lang` chooses the language; that Chinese (0) is spoken when it is left out is assumed
    (G11).
    - One number can be called once in 20 seconds; sooner gives 50009.
    - There is no idempotency key (G16). If no response arrives, the phone may still ring: do not repeat
    the call blindly.

    Args:
        body (SendVoiceCodeRequest): Body of `sendVoiceCode`. No template and no sign are
            involved.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CodeReceipt | ErrorEnvelope
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
