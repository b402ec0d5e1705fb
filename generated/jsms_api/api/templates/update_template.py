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
    from ...models.template_receipt import TemplateReceipt
    from ...models.template_update_request import TemplateUpdateRequest


def _get_kwargs(
    temp_id: int,
    *,
    body: TemplateUpdateRequest,
) -> dict[str, Any]:

    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "put",
        "url": "/templates/{temp_id}".format(
            temp_id=quote(str(temp_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ErrorEnvelope | TemplateReceipt | None:

    from ...models.error_envelope import ErrorEnvelope
    from ...models.template_receipt import TemplateReceipt

    if response.status_code == 200:
        response_200 = TemplateReceipt.from_dict(response.json())

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


def _read_answer(status: int, answer: Any) -> TemplateReceipt:
    """Makes the typed result of a success from its status and its decoded JSON (None for an empty body).

    Raises ValueError for a status that is no success, and KeyError, TypeError or ValueError for a body of
    another shape.
    """

    from ...models.template_receipt import TemplateReceipt

    if 200 <= status <= 299:
        if not isinstance(answer, dict):
            raise TypeError(f"updateTemplate does not answer with {type(answer).__name__}")
        response_200 = TemplateReceipt.from_dict(answer)

        return response_200
    raise ValueError(f"updateTemplate knows no success with status {status}")


OPERATION: Final = Operation(operation_id="updateTemplate", build=_get_kwargs, read=_read_answer)
""" Change a refused template """


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ErrorEnvelope | TemplateReceipt]:
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
    body: TemplateUpdateRequest,
) -> Response[ErrorEnvelope | TemplateReceipt]:
    """Change a refused template

     Submits a refused template again. Only status 2 (refused) allows this: a template in review and an
    approved one give 50047. Afterwards the template is in review again (status 0) and keeps its id. To
    change an approved text, create a new template.

    All fields are sent again, under the rules of creation; this is a full replacement. The
    documentation marks `temp_id` as a required field of the body although it is in the path already.
    Send it, with the same value. Nothing says what happens if the two differ or if the body leaves it
    out; expect the path to decide.

    An unknown id gives 50013, and so does the id of a template that belongs to another application
    (G23).

    Args:
        temp_id (int):
        body (TemplateUpdateRequest): A refused template, submitted again in full. With `type` 1
            the field `ttl` is needed as well.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorEnvelope | TemplateReceipt]
    """

    kwargs = _get_kwargs(
        temp_id=temp_id,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    temp_id: int,
    *,
    client: AuthenticatedClient,
    body: TemplateUpdateRequest,
) -> ErrorEnvelope | TemplateReceipt | None:
    """Change a refused template

     Submits a refused template again. Only status 2 (refused) allows this: a template in review and an
    approved one give 50047. Afterwards the template is in review again (status 0) and keeps its id. To
    change an approved text, create a new template.

    All fields are sent again, under the rules of creation; this is a full replacement. The
    documentation marks `temp_id` as a required field of the body although it is in the path already.
    Send it, with the same value. Nothing says what happens if the two differ or if the body leaves it
    out; expect the path to decide.

    An unknown id gives 50013, and so does the id of a template that belongs to another application
    (G23).

    Args:
        temp_id (int):
        body (TemplateUpdateRequest): A refused template, submitted again in full. With `type` 1
            the field `ttl` is needed as well.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorEnvelope | TemplateReceipt
    """

    return sync_detailed(
        temp_id=temp_id,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    temp_id: int,
    *,
    client: AuthenticatedClient,
    body: TemplateUpdateRequest,
) -> Response[ErrorEnvelope | TemplateReceipt]:
    """Change a refused template

     Submits a refused template again. Only status 2 (refused) allows this: a template in review and an
    approved one give 50047. Afterwards the template is in review again (status 0) and keeps its id. To
    change an approved text, create a new template.

    All fields are sent again, under the rules of creation; this is a full replacement. The
    documentation marks `temp_id` as a required field of the body although it is in the path already.
    Send it, with the same value. Nothing says what happens if the two differ or if the body leaves it
    out; expect the path to decide.

    An unknown id gives 50013, and so does the id of a template that belongs to another application
    (G23).

    Args:
        temp_id (int):
        body (TemplateUpdateRequest): A refused template, submitted again in full. With `type` 1
            the field `ttl` is needed as well.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorEnvelope | TemplateReceipt]
    """

    kwargs = _get_kwargs(
        temp_id=temp_id,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    temp_id: int,
    *,
    client: AuthenticatedClient,
    body: TemplateUpdateRequest,
) -> ErrorEnvelope | TemplateReceipt | None:
    """Change a refused template

     Submits a refused template again. Only status 2 (refused) allows this: a template in review and an
    approved one give 50047. Afterwards the template is in review again (status 0) and keeps its id. To
    change an approved text, create a new template.

    All fields are sent again, under the rules of creation; this is a full replacement. The
    documentation marks `temp_id` as a required field of the body although it is in the path already.
    Send it, with the same value. Nothing says what happens if the two differ or if the body leaves it
    out; expect the path to decide.

    An unknown id gives 50013, and so does the id of a template that belongs to another application
    (G23).

    Args:
        temp_id (int):
        body (TemplateUpdateRequest): A refused template, submitted again in full. With `type` 1
            the field `ttl` is needed as well.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorEnvelope | TemplateReceipt
    """

    return (
        await asyncio_detailed(
            temp_id=temp_id,
            client=client,
            body=body,
        )
    ).parsed
