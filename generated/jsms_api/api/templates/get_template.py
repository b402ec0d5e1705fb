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
    from ...models.template_detail import TemplateDetail


def _get_kwargs(
    temp_id: int,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/templates/{temp_id}".format(
            temp_id=quote(str(temp_id), safe=""),
        ),
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ErrorEnvelope | TemplateDetail | None:

    from ...models.error_envelope import ErrorEnvelope
    from ...models.template_detail import TemplateDetail

    if response.status_code == 200:
        response_200 = TemplateDetail.from_dict(response.json())

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


def _read_answer(status: int, answer: Any) -> TemplateDetail:
    """Makes the typed result of a success from its status and its decoded JSON (None for an empty body).

    Raises ValueError for a status that is no success, and KeyError, TypeError or ValueError for a body of
    another shape.
    """

    from ...models.template_detail import TemplateDetail

    if 200 <= status <= 299:
        if not isinstance(answer, dict):
            raise TypeError(f"getTemplate does not answer with {type(answer).__name__}")
        response_200 = TemplateDetail.from_dict(answer)

        return response_200
    raise ValueError(f"getTemplate knows no success with status {status}")


OPERATION: Final = Operation(operation_id="getTemplate", build=_get_kwargs, read=_read_answer)
""" Read a template and its review status """


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ErrorEnvelope | TemplateDetail]:
    return Response(
        status_code=response.status_code,
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    temp_id: int,
    *,
    client: AuthenticatedClient,
) -> Response[ErrorEnvelope | TemplateDetail]:
    """Read a template and its review status

     Gives the text, the type and the status of a template: 0 in review, 1 approved, 2 refused. Why a
    template was refused is not part of this response; only the callback `SMS_TEMPLATE` tells the
    reason.

    What stands in `ttl` for notices and marketing texts, and in `remark` if none was given, is not
    documented: the field may be missing, `null`, 0 or empty. An unknown or deleted template gives 50013
    (with status 403, not 404).

    Args:
        temp_id (int):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorEnvelope | TemplateDetail]
    """

    kwargs = _get_kwargs(
        temp_id=temp_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    temp_id: int,
    *,
    client: AuthenticatedClient,
) -> ErrorEnvelope | TemplateDetail | None:
    """Read a template and its review status

     Gives the text, the type and the status of a template: 0 in review, 1 approved, 2 refused. Why a
    template was refused is not part of this response; only the callback `SMS_TEMPLATE` tells the
    reason.

    What stands in `ttl` for notices and marketing texts, and in `remark` if none was given, is not
    documented: the field may be missing, `null`, 0 or empty. An unknown or deleted template gives 50013
    (with status 403, not 404).

    Args:
        temp_id (int):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorEnvelope | TemplateDetail
    """

    return sync_detailed(
        temp_id=temp_id,
        client=client,
    ).parsed


async def asyncio_detailed(
    temp_id: int,
    *,
    client: AuthenticatedClient,
) -> Response[ErrorEnvelope | TemplateDetail]:
    """Read a template and its review status

     Gives the text, the type and the status of a template: 0 in review, 1 approved, 2 refused. Why a
    template was refused is not part of this response; only the callback `SMS_TEMPLATE` tells the
    reason.

    What stands in `ttl` for notices and marketing texts, and in `remark` if none was given, is not
    documented: the field may be missing, `null`, 0 or empty. An unknown or deleted template gives 50013
    (with status 403, not 404).

    Args:
        temp_id (int):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorEnvelope | TemplateDetail]
    """

    kwargs = _get_kwargs(
        temp_id=temp_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    temp_id: int,
    *,
    client: AuthenticatedClient,
) -> ErrorEnvelope | TemplateDetail | None:
    """Read a template and its review status

     Gives the text, the type and the status of a template: 0 in review, 1 approved, 2 refused. Why a
    template was refused is not part of this response; only the callback `SMS_TEMPLATE` tells the
    reason.

    What stands in `ttl` for notices and marketing texts, and in `remark` if none was given, is not
    documented: the field may be missing, `null`, 0 or empty. An unknown or deleted template gives 50013
    (with status 403, not 404).

    Args:
        temp_id (int):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorEnvelope | TemplateDetail
    """

    return (
        await asyncio_detailed(
            temp_id=temp_id,
            client=client,
        )
    ).parsed
