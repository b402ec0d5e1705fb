# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again.
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ... import errors
from ...types import Operation, Response

if TYPE_CHECKING:
    import httpx

    from ...client import AuthenticatedClient, Client
    from ...models.app_balance_detail import AppBalanceDetail
    from ...models.error_envelope import ErrorEnvelope


def _get_kwargs() -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/accounts/app",
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> AppBalanceDetail | ErrorEnvelope | None:

    from ...models.app_balance_detail import AppBalanceDetail
    from ...models.error_envelope import ErrorEnvelope

    if response.status_code == 200:
        response_200 = AppBalanceDetail.from_dict(response.json())

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


def _read_answer(status: int, answer: Any) -> AppBalanceDetail:
    """Makes the typed result of a success from its status and its decoded JSON (None for an empty body).

    Raises ValueError for a status that is no success, and KeyError, TypeError or ValueError for a body of
    another shape.
    """

    from ...models.app_balance_detail import AppBalanceDetail

    if 200 <= status <= 299:
        if not isinstance(answer, dict):
            raise TypeError(f"getAppBalance does not answer with {type(answer).__name__}")
        response_200 = AppBalanceDetail.from_dict(answer)

        return response_200
    raise ValueError(f"getAppBalance knows no success with status {status}")


OPERATION: Final = Operation(operation_id="getAppBalance", build=_get_kwargs, read=_read_answer)
""" Read the balance assigned to this application """


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[AppBalanceDetail | ErrorEnvelope]:
    return Response(
        status_code=response.status_code,
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
) -> Response[AppBalanceDetail | ErrorEnvelope]:
    """Read the balance assigned to this application

     Tells how many messages were set aside for the application whose credential you use. There is one
    number for each kind, and a general one that serves every kind. The balance shared by all
    applications is not counted in; `getAccountBalance` tells that one.

    "Nothing assigned" has two forms (C9): a `null` for each kind that was never assigned, and the
    refusal 50033 when, as the recommended reading goes, the application was never assigned anything at
    all. Treat both as "none".

    The page of this call lists 50009, so it may be rate limited (C8); no number is given.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AppBalanceDetail | ErrorEnvelope]
    """

    kwargs = _get_kwargs()

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
) -> AppBalanceDetail | ErrorEnvelope | None:
    """Read the balance assigned to this application

     Tells how many messages were set aside for the application whose credential you use. There is one
    number for each kind, and a general one that serves every kind. The balance shared by all
    applications is not counted in; `getAccountBalance` tells that one.

    "Nothing assigned" has two forms (C9): a `null` for each kind that was never assigned, and the
    refusal 50033 when, as the recommended reading goes, the application was never assigned anything at
    all. Treat both as "none".

    The page of this call lists 50009, so it may be rate limited (C8); no number is given.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AppBalanceDetail | ErrorEnvelope
    """

    return sync_detailed(
        client=client,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
) -> Response[AppBalanceDetail | ErrorEnvelope]:
    """Read the balance assigned to this application

     Tells how many messages were set aside for the application whose credential you use. There is one
    number for each kind, and a general one that serves every kind. The balance shared by all
    applications is not counted in; `getAccountBalance` tells that one.

    "Nothing assigned" has two forms (C9): a `null` for each kind that was never assigned, and the
    refusal 50033 when, as the recommended reading goes, the application was never assigned anything at
    all. Treat both as "none".

    The page of this call lists 50009, so it may be rate limited (C8); no number is given.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AppBalanceDetail | ErrorEnvelope]
    """

    kwargs = _get_kwargs()

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
) -> AppBalanceDetail | ErrorEnvelope | None:
    """Read the balance assigned to this application

     Tells how many messages were set aside for the application whose credential you use. There is one
    number for each kind, and a general one that serves every kind. The balance shared by all
    applications is not counted in; `getAccountBalance` tells that one.

    "Nothing assigned" has two forms (C9): a `null` for each kind that was never assigned, and the
    refusal 50033 when, as the recommended reading goes, the application was never assigned anything at
    all. Treat both as "none".

    The page of this call lists 50009, so it may be rate limited (C8); no number is given.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AppBalanceDetail | ErrorEnvelope
    """

    return (
        await asyncio_detailed(
            client=client,
        )
    ).parsed
