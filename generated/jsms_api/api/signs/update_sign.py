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
    from ...models.sign_form import SignForm
    from ...models.sign_receipt import SignReceipt


def _get_kwargs(
    sign_id: int,
    *,
    body: SignForm,
) -> dict[str, Any]:

    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/sign/{sign_id}".format(
            sign_id=quote(str(sign_id), safe=""),
        ),
    }

    _kwargs["files"] = body.to_multipart()

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ErrorEnvelope | SignReceipt | None:

    from ...models.error_envelope import ErrorEnvelope
    from ...models.sign_receipt import SignReceipt

    if response.status_code == 200:
        response_200 = SignReceipt.from_dict(response.json())

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


def _read_answer(status: int, answer: Any) -> SignReceipt:
    """Makes the typed result of a success from its status and its decoded JSON (None for an empty body).

    Raises ValueError for a status that is no success, and KeyError, TypeError or ValueError for a body of
    another shape.
    """
    from ...models.sign_receipt import SignReceipt

    if 200 <= status <= 299:
        if not isinstance(answer, dict):
            raise TypeError(f"updateSign does not answer with {type(answer).__name__}")
        response_200 = SignReceipt.from_dict(answer)

        return response_200
    raise ValueError(f"updateSign knows no success with status {status}")


OPERATION: Final = Operation(operation_id="updateSign", build=_get_kwargs, read=_read_answer)
""" Change a refused sign """


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ErrorEnvelope | SignReceipt]:
    return Response(
        status_code=response.status_code,
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    sign_id: int,
    *,
    client: AuthenticatedClient,
    body: SignForm,
) -> Response[ErrorEnvelope | SignReceipt]:
    """Change a refused sign

     Submits a refused sign again; it goes back to review and keeps its id. The method is **POST**. One
    English page names PUT in its heading, but its own sample, the Chinese page and every client library
    use POST, and PUT gives 405 (C5).

    The form and its rules are those of creation; send all parts again, the pictures too. Only a refused
    sign can be changed. Templates have a code of their own for the wrong moment, signs have none:
    expect 50103 while this sign is itself in review and 50104 once it is approved (G20). An unknown id
    gives 50102, and so does the id of another application's sign (G23).

    Args:
        sign_id (int):
        body (SignForm): The parts of the form that submits a sign. Only `sign` is required in
            every revision. Parts described as wanted are marked required on the newest page, some of
            them for one `type` only; send them for every new sign (C15, C17, C32). The names after
            `idCardImage` are known from another client library only, not from the page itself.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorEnvelope | SignReceipt]
    """

    kwargs = _get_kwargs(
        sign_id=sign_id,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    sign_id: int,
    *,
    client: AuthenticatedClient,
    body: SignForm,
) -> ErrorEnvelope | SignReceipt | None:
    """Change a refused sign

     Submits a refused sign again; it goes back to review and keeps its id. The method is **POST**. One
    English page names PUT in its heading, but its own sample, the Chinese page and every client library
    use POST, and PUT gives 405 (C5).

    The form and its rules are those of creation; send all parts again, the pictures too. Only a refused
    sign can be changed. Templates have a code of their own for the wrong moment, signs have none:
    expect 50103 while this sign is itself in review and 50104 once it is approved (G20). An unknown id
    gives 50102, and so does the id of another application's sign (G23).

    Args:
        sign_id (int):
        body (SignForm): The parts of the form that submits a sign. Only `sign` is required in
            every revision. Parts described as wanted are marked required on the newest page, some of
            them for one `type` only; send them for every new sign (C15, C17, C32). The names after
            `idCardImage` are known from another client library only, not from the page itself.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorEnvelope | SignReceipt
    """

    return sync_detailed(
        sign_id=sign_id,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    sign_id: int,
    *,
    client: AuthenticatedClient,
    body: SignForm,
) -> Response[ErrorEnvelope | SignReceipt]:
    """Change a refused sign

     Submits a refused sign again; it goes back to review and keeps its id. The method is **POST**. One
    English page names PUT in its heading, but its own sample, the Chinese page and every client library
    use POST, and PUT gives 405 (C5).

    The form and its rules are those of creation; send all parts again, the pictures too. Only a refused
    sign can be changed. Templates have a code of their own for the wrong moment, signs have none:
    expect 50103 while this sign is itself in review and 50104 once it is approved (G20). An unknown id
    gives 50102, and so does the id of another application's sign (G23).

    Args:
        sign_id (int):
        body (SignForm): The parts of the form that submits a sign. Only `sign` is required in
            every revision. Parts described as wanted are marked required on the newest page, some of
            them for one `type` only; send them for every new sign (C15, C17, C32). The names after
            `idCardImage` are known from another client library only, not from the page itself.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorEnvelope | SignReceipt]
    """

    kwargs = _get_kwargs(
        sign_id=sign_id,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    sign_id: int,
    *,
    client: AuthenticatedClient,
    body: SignForm,
) -> ErrorEnvelope | SignReceipt | None:
    """Change a refused sign

     Submits a refused sign again; it goes back to review and keeps its id. The method is **POST**. One
    English page names PUT in its heading, but its own sample, the Chinese page and every client library
    use POST, and PUT gives 405 (C5).

    The form and its rules are those of creation; send all parts again, the pictures too. Only a refused
    sign can be changed. Templates have a code of their own for the wrong moment, signs have none:
    expect 50103 while this sign is itself in review and 50104 once it is approved (G20). An unknown id
    gives 50102, and so does the id of another application's sign (G23).

    Args:
        sign_id (int):
        body (SignForm): The parts of the form that submits a sign. Only `sign` is required in
            every revision. Parts described as wanted are marked required on the newest page, some of
            them for one `type` only; send them for every new sign (C15, C17, C32). The names after
            `idCardImage` are known from another client library only, not from the page itself.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorEnvelope | SignReceipt
    """

    return (
        await asyncio_detailed(
            sign_id=sign_id,
            client=client,
            body=body,
        )
    ).parsed
