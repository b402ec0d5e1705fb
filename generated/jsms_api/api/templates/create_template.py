# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again.
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ... import errors
from ...types import Operation, Response

if TYPE_CHECKING:
    import httpx

    from ...client import AuthenticatedClient, Client
    from ...models.error_envelope import ErrorEnvelope
    from ...models.template_receipt import TemplateReceipt
    from ...models.template_request import TemplateRequest


def _get_kwargs(
    *,
    body: TemplateRequest,
) -> dict[str, Any]:

    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/templates",
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
            raise TypeError(f"createTemplate does not answer with {type(answer).__name__}")
        response_200 = TemplateReceipt.from_dict(answer)

        return response_200
    raise ValueError(f"createTemplate knows no success with status {status}")


OPERATION: Final = Operation(operation_id="createTemplate", build=_get_kwargs, read=_read_answer)
""" Submit a template for review """


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
    *,
    client: AuthenticatedClient,
    body: TemplateRequest,
) -> Response[ErrorEnvelope | TemplateReceipt]:
    """Submit a template for review

     Creates a template. It starts in review (status 0) and cannot be used before it is approved, usually
    within three working hours: sending with it gives 50020 until then, and 50021 if it was refused. The
    result comes as a callback of type `SMS_TEMPLATE`, the only place that says why a template was
    refused; `GET /templates/{temp_id}` shows the status. Approval is no promise of delivery: carriers
    filter too.

    The application needs a sign first (50046). How to write the text is said under the tag `templates`.

    `ttl`, the life of a code in seconds, is needed with type 1 and must be from 1 to 86400 (50041 if it
    is missing or out of range). Personal accounts cannot send marketing texts.

    No operation lists templates; keep the `temp_id`. The ready-made verification template `1` exists
    from the start.

    Args:
        body (TemplateRequest): A template to be reviewed. With `type` 1 the field `ttl` is needed
            as well.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorEnvelope | TemplateReceipt]
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
    body: TemplateRequest,
) -> ErrorEnvelope | TemplateReceipt | None:
    """Submit a template for review

     Creates a template. It starts in review (status 0) and cannot be used before it is approved, usually
    within three working hours: sending with it gives 50020 until then, and 50021 if it was refused. The
    result comes as a callback of type `SMS_TEMPLATE`, the only place that says why a template was
    refused; `GET /templates/{temp_id}` shows the status. Approval is no promise of delivery: carriers
    filter too.

    The application needs a sign first (50046). How to write the text is said under the tag `templates`.

    `ttl`, the life of a code in seconds, is needed with type 1 and must be from 1 to 86400 (50041 if it
    is missing or out of range). Personal accounts cannot send marketing texts.

    No operation lists templates; keep the `temp_id`. The ready-made verification template `1` exists
    from the start.

    Args:
        body (TemplateRequest): A template to be reviewed. With `type` 1 the field `ttl` is needed
            as well.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorEnvelope | TemplateReceipt
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: TemplateRequest,
) -> Response[ErrorEnvelope | TemplateReceipt]:
    """Submit a template for review

     Creates a template. It starts in review (status 0) and cannot be used before it is approved, usually
    within three working hours: sending with it gives 50020 until then, and 50021 if it was refused. The
    result comes as a callback of type `SMS_TEMPLATE`, the only place that says why a template was
    refused; `GET /templates/{temp_id}` shows the status. Approval is no promise of delivery: carriers
    filter too.

    The application needs a sign first (50046). How to write the text is said under the tag `templates`.

    `ttl`, the life of a code in seconds, is needed with type 1 and must be from 1 to 86400 (50041 if it
    is missing or out of range). Personal accounts cannot send marketing texts.

    No operation lists templates; keep the `temp_id`. The ready-made verification template `1` exists
    from the start.

    Args:
        body (TemplateRequest): A template to be reviewed. With `type` 1 the field `ttl` is needed
            as well.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorEnvelope | TemplateReceipt]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: TemplateRequest,
) -> ErrorEnvelope | TemplateReceipt | None:
    """Submit a template for review

     Creates a template. It starts in review (status 0) and cannot be used before it is approved, usually
    within three working hours: sending with it gives 50020 until then, and 50021 if it was refused. The
    result comes as a callback of type `SMS_TEMPLATE`, the only place that says why a template was
    refused; `GET /templates/{temp_id}` shows the status. Approval is no promise of delivery: carriers
    filter too.

    The application needs a sign first (50046). How to write the text is said under the tag `templates`.

    `ttl`, the life of a code in seconds, is needed with type 1 and must be from 1 to 86400 (50041 if it
    is missing or out of range). Personal accounts cannot send marketing texts.

    No operation lists templates; keep the `temp_id`. The ready-made verification template `1` exists
    from the start.

    Args:
        body (TemplateRequest): A template to be reviewed. With `type` 1 the field `ttl` is needed
            as well.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorEnvelope | TemplateReceipt
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
