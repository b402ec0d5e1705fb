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
    from ...models.send_code_request import SendCodeRequest


def _get_kwargs(
    *,
    body: SendCodeRequest,
) -> dict[str, Any]:

    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/codes",
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
            raise TypeError(f"sendCode does not answer with {type(answer).__name__}")
        response_200 = CodeReceipt.from_dict(answer)

        return response_200
    raise ValueError(f"sendCode knows no success with status {status}")


OPERATION: Final = Operation(operation_id="sendCode", build=_get_kwargs, read=_read_answer)
""" Send a text verification code """


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
    body: SendCodeRequest,
) -> Response[CodeReceipt | ErrorEnvelope]:
    """Send a text verification code

     The service makes a code, puts it into the `{{code}}` variable of a verification template and sends
    the text. You never see the code: keep the `msg_id` of the response and pass it to `verifyCode` with
    what your user typed.

    - The template must be of type 1 (verification) and approved. `temp_id` 1 is ready-made. Another
    type is refused with 50025, a template in review with 50020, one that failed its review with 50021.
    - The code lives as long as the `ttl` of the template says. This call has no `code`, `ttl` or
    `temp_para`; to send a code of your own, use `sendMessage`. The form of the code is not documented;
    all evidence points to six digits.
    - One number gets at most 200 text codes from one application in 24 hours; the next one is refused
    with 50009.
    - A second call sends a second code with its own `msg_id`. No source says whether the first code
    stays valid (G3).
    - There is no idempotency key (G16). Without a response the code may still have been sent: do not
    retry blindly.

    Args:
        body (SendCodeRequest): Body of `sendCode`. The service makes the code; its life is the
            `ttl` of the template.

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
    body: SendCodeRequest,
) -> CodeReceipt | ErrorEnvelope | None:
    """Send a text verification code

     The service makes a code, puts it into the `{{code}}` variable of a verification template and sends
    the text. You never see the code: keep the `msg_id` of the response and pass it to `verifyCode` with
    what your user typed.

    - The template must be of type 1 (verification) and approved. `temp_id` 1 is ready-made. Another
    type is refused with 50025, a template in review with 50020, one that failed its review with 50021.
    - The code lives as long as the `ttl` of the template says. This call has no `code`, `ttl` or
    `temp_para`; to send a code of your own, use `sendMessage`. The form of the code is not documented;
    all evidence points to six digits.
    - One number gets at most 200 text codes from one application in 24 hours; the next one is refused
    with 50009.
    - A second call sends a second code with its own `msg_id`. No source says whether the first code
    stays valid (G3).
    - There is no idempotency key (G16). Without a response the code may still have been sent: do not
    retry blindly.

    Args:
        body (SendCodeRequest): Body of `sendCode`. The service makes the code; its life is the
            `ttl` of the template.

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
    body: SendCodeRequest,
) -> Response[CodeReceipt | ErrorEnvelope]:
    """Send a text verification code

     The service makes a code, puts it into the `{{code}}` variable of a verification template and sends
    the text. You never see the code: keep the `msg_id` of the response and pass it to `verifyCode` with
    what your user typed.

    - The template must be of type 1 (verification) and approved. `temp_id` 1 is ready-made. Another
    type is refused with 50025, a template in review with 50020, one that failed its review with 50021.
    - The code lives as long as the `ttl` of the template says. This call has no `code`, `ttl` or
    `temp_para`; to send a code of your own, use `sendMessage`. The form of the code is not documented;
    all evidence points to six digits.
    - One number gets at most 200 text codes from one application in 24 hours; the next one is refused
    with 50009.
    - A second call sends a second code with its own `msg_id`. No source says whether the first code
    stays valid (G3).
    - There is no idempotency key (G16). Without a response the code may still have been sent: do not
    retry blindly.

    Args:
        body (SendCodeRequest): Body of `sendCode`. The service makes the code; its life is the
            `ttl` of the template.

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
    body: SendCodeRequest,
) -> CodeReceipt | ErrorEnvelope | None:
    """Send a text verification code

     The service makes a code, puts it into the `{{code}}` variable of a verification template and sends
    the text. You never see the code: keep the `msg_id` of the response and pass it to `verifyCode` with
    what your user typed.

    - The template must be of type 1 (verification) and approved. `temp_id` 1 is ready-made. Another
    type is refused with 50025, a template in review with 50020, one that failed its review with 50021.
    - The code lives as long as the `ttl` of the template says. This call has no `code`, `ttl` or
    `temp_para`; to send a code of your own, use `sendMessage`. The form of the code is not documented;
    all evidence points to six digits.
    - One number gets at most 200 text codes from one application in 24 hours; the next one is refused
    with 50009.
    - A second call sends a second code with its own `msg_id`. No source says whether the first code
    stays valid (G3).
    - There is no idempotency key (G16). Without a response the code may still have been sent: do not
    retry blindly.

    Args:
        body (SendCodeRequest): Body of `sendCode`. The service makes the code; its life is the
            `ttl` of the template.

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
