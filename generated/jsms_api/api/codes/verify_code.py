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
    from ...models.verification_answer import VerificationAnswer
    from ...models.verification_refusal import VerificationRefusal
    from ...models.verify_code_request import VerifyCodeRequest


def _get_kwargs(
    msg_id: str,
    *,
    body: VerifyCodeRequest,
) -> dict[str, Any]:

    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/codes/{msg_id}/valid".format(
            msg_id=quote(str(msg_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ErrorEnvelope | VerificationAnswer | VerificationRefusal | None:

    from ...models.error_envelope import ErrorEnvelope
    from ...models.verification_answer import VerificationAnswer
    from ...models.verification_refusal import VerificationRefusal

    if response.status_code == 200:
        response_200 = VerificationAnswer.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = VerificationRefusal.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = ErrorEnvelope.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = VerificationRefusal.from_dict(response.json())

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


def _read_answer(status: int, answer: Any) -> VerificationAnswer:
    """Makes the typed result of a success from its status and its decoded JSON (None for an empty body).

    Raises ValueError for a status that is no success, and KeyError, TypeError or ValueError for a body of
    another shape.
    """

    from ...models.verification_answer import VerificationAnswer

    if 200 <= status <= 299:
        if not isinstance(answer, dict):
            raise TypeError(f"verifyCode does not answer with {type(answer).__name__}")
        response_200 = VerificationAnswer.from_dict(answer)

        return response_200
    raise ValueError(f"verifyCode knows no success with status {status}")


OPERATION: Final = Operation(operation_id="verifyCode", build=_get_kwargs, read=_read_answer)
""" Check a verification code """


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ErrorEnvelope | VerificationAnswer | VerificationRefusal]:
    return Response(
        status_code=response.status_code,
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    msg_id: str,
    *,
    client: AuthenticatedClient,
    body: VerifyCodeRequest,
) -> Response[ErrorEnvelope | VerificationAnswer | VerificationRefusal]:
    """Check a verification code

     Compares what your user typed with the code that `sendCode` or `sendVoiceCode` sent.

    - A right code counts once. The second check of the same `msg_id` gives 50012, so do not repeat a
    check whose response was lost.
    - A wrong code gives 50010 and stays valid. The allowed number of attempts is not documented (G3):
    count them yourself.
    - After its life the code gives 50011. An unknown `msg_id` gives 50026; so does, presumably, the id
    of a message sent by `sendMessage` or by another application (G21, G23).
    - The order of the checks is not documented (G1). Recommended: id, already verified, expired, wrong.

    A refused check is an ordinary outcome. Its body has `is_valid: false` beside `error`, under 403
    (seen for 50010 in 2019), and 400 for an empty code (C2). Decide by the body: accept `is_valid:
    false` under 200 too, and read a missing `is_valid` as false.

    Args:
        msg_id (str):
        body (VerifyCodeRequest): Body of `verifyCode`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorEnvelope | VerificationAnswer | VerificationRefusal]
    """

    kwargs = _get_kwargs(
        msg_id=msg_id,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    msg_id: str,
    *,
    client: AuthenticatedClient,
    body: VerifyCodeRequest,
) -> ErrorEnvelope | VerificationAnswer | VerificationRefusal | None:
    """Check a verification code

     Compares what your user typed with the code that `sendCode` or `sendVoiceCode` sent.

    - A right code counts once. The second check of the same `msg_id` gives 50012, so do not repeat a
    check whose response was lost.
    - A wrong code gives 50010 and stays valid. The allowed number of attempts is not documented (G3):
    count them yourself.
    - After its life the code gives 50011. An unknown `msg_id` gives 50026; so does, presumably, the id
    of a message sent by `sendMessage` or by another application (G21, G23).
    - The order of the checks is not documented (G1). Recommended: id, already verified, expired, wrong.

    A refused check is an ordinary outcome. Its body has `is_valid: false` beside `error`, under 403
    (seen for 50010 in 2019), and 400 for an empty code (C2). Decide by the body: accept `is_valid:
    false` under 200 too, and read a missing `is_valid` as false.

    Args:
        msg_id (str):
        body (VerifyCodeRequest): Body of `verifyCode`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorEnvelope | VerificationAnswer | VerificationRefusal
    """

    return sync_detailed(
        msg_id=msg_id,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    msg_id: str,
    *,
    client: AuthenticatedClient,
    body: VerifyCodeRequest,
) -> Response[ErrorEnvelope | VerificationAnswer | VerificationRefusal]:
    """Check a verification code

     Compares what your user typed with the code that `sendCode` or `sendVoiceCode` sent.

    - A right code counts once. The second check of the same `msg_id` gives 50012, so do not repeat a
    check whose response was lost.
    - A wrong code gives 50010 and stays valid. The allowed number of attempts is not documented (G3):
    count them yourself.
    - After its life the code gives 50011. An unknown `msg_id` gives 50026; so does, presumably, the id
    of a message sent by `sendMessage` or by another application (G21, G23).
    - The order of the checks is not documented (G1). Recommended: id, already verified, expired, wrong.

    A refused check is an ordinary outcome. Its body has `is_valid: false` beside `error`, under 403
    (seen for 50010 in 2019), and 400 for an empty code (C2). Decide by the body: accept `is_valid:
    false` under 200 too, and read a missing `is_valid` as false.

    Args:
        msg_id (str):
        body (VerifyCodeRequest): Body of `verifyCode`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorEnvelope | VerificationAnswer | VerificationRefusal]
    """

    kwargs = _get_kwargs(
        msg_id=msg_id,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    msg_id: str,
    *,
    client: AuthenticatedClient,
    body: VerifyCodeRequest,
) -> ErrorEnvelope | VerificationAnswer | VerificationRefusal | None:
    """Check a verification code

     Compares what your user typed with the code that `sendCode` or `sendVoiceCode` sent.

    - A right code counts once. The second check of the same `msg_id` gives 50012, so do not repeat a
    check whose response was lost.
    - A wrong code gives 50010 and stays valid. The allowed number of attempts is not documented (G3):
    count them yourself.
    - After its life the code gives 50011. An unknown `msg_id` gives 50026; so does, presumably, the id
    of a message sent by `sendMessage` or by another application (G21, G23).
    - The order of the checks is not documented (G1). Recommended: id, already verified, expired, wrong.

    A refused check is an ordinary outcome. Its body has `is_valid: false` beside `error`, under 403
    (seen for 50010 in 2019), and 400 for an empty code (C2). Decide by the body: accept `is_valid:
    false` under 200 too, and read a missing `is_valid` as false.

    Args:
        msg_id (str):
        body (VerifyCodeRequest): Body of `verifyCode`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorEnvelope | VerificationAnswer | VerificationRefusal
    """

    return (
        await asyncio_detailed(
            msg_id=msg_id,
            client=client,
            body=body,
        )
    ).parsed
