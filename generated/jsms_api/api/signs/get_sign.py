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
    from ...models.sign_detail import SignDetail


def _get_kwargs(
    sign_id: int,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/sign/{sign_id}".format(
            sign_id=quote(str(sign_id), safe=""),
        ),
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ErrorEnvelope | SignDetail | None:

    from ...models.error_envelope import ErrorEnvelope
    from ...models.sign_detail import SignDetail

    if response.status_code == 200:
        response_200 = SignDetail.from_dict(response.json())

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


def _read_answer(status: int, answer: Any) -> SignDetail:
    """Makes the typed result of a success from its status and its decoded JSON (None for an empty body).

    Raises ValueError for a status that is no success, and KeyError, TypeError or ValueError for a body of
    another shape.
    """

    from ...models.sign_detail import SignDetail

    if 200 <= status <= 299:
        if not isinstance(answer, dict):
            raise TypeError(f"getSign does not answer with {type(answer).__name__}")
        response_200 = SignDetail.from_dict(answer)

        return response_200
    raise ValueError(f"getSign knows no success with status {status}")


OPERATION: Final = Operation(operation_id="getSign", build=_get_kwargs, read=_read_answer)
""" Read a sign and its review status """


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ErrorEnvelope | SignDetail]:
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
) -> Response[ErrorEnvelope | SignDetail]:
    """Read a sign and its review status

     Gives the sign and three small numbers: how the review went, whether it is the application's default
    sign, and whether it is in use. The documentation explains status 1 (approved) and 2 (refused); 0 is
    what a sign in review has, going by other sources, and a deleted sign gives 50102 rather than a
    status (C18). How `is_default` and `use_status` relate is not explained. Why a sign was refused is
    not part of this response; only the callback `SMS_SIGN` tells the reason.

    Args:
        sign_id (int):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorEnvelope | SignDetail]
    """

    kwargs = _get_kwargs(
        sign_id=sign_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    sign_id: int,
    *,
    client: AuthenticatedClient,
) -> ErrorEnvelope | SignDetail | None:
    """Read a sign and its review status

     Gives the sign and three small numbers: how the review went, whether it is the application's default
    sign, and whether it is in use. The documentation explains status 1 (approved) and 2 (refused); 0 is
    what a sign in review has, going by other sources, and a deleted sign gives 50102 rather than a
    status (C18). How `is_default` and `use_status` relate is not explained. Why a sign was refused is
    not part of this response; only the callback `SMS_SIGN` tells the reason.

    Args:
        sign_id (int):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorEnvelope | SignDetail
    """

    return sync_detailed(
        sign_id=sign_id,
        client=client,
    ).parsed


async def asyncio_detailed(
    sign_id: int,
    *,
    client: AuthenticatedClient,
) -> Response[ErrorEnvelope | SignDetail]:
    """Read a sign and its review status

     Gives the sign and three small numbers: how the review went, whether it is the application's default
    sign, and whether it is in use. The documentation explains status 1 (approved) and 2 (refused); 0 is
    what a sign in review has, going by other sources, and a deleted sign gives 50102 rather than a
    status (C18). How `is_default` and `use_status` relate is not explained. Why a sign was refused is
    not part of this response; only the callback `SMS_SIGN` tells the reason.

    Args:
        sign_id (int):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorEnvelope | SignDetail]
    """

    kwargs = _get_kwargs(
        sign_id=sign_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    sign_id: int,
    *,
    client: AuthenticatedClient,
) -> ErrorEnvelope | SignDetail | None:
    """Read a sign and its review status

     Gives the sign and three small numbers: how the review went, whether it is the application's default
    sign, and whether it is in use. The documentation explains status 1 (approved) and 2 (refused); 0 is
    what a sign in review has, going by other sources, and a deleted sign gives 50102 rather than a
    status (C18). How `is_default` and `use_status` relate is not explained. Why a sign was refused is
    not part of this response; only the callback `SMS_SIGN` tells the reason.

    Args:
        sign_id (int):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorEnvelope | SignDetail
    """

    return (
        await asyncio_detailed(
            sign_id=sign_id,
            client=client,
        )
    ).parsed
