# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again.
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ... import errors
from ...types import Operation, Response

if TYPE_CHECKING:
    import httpx

    from ...client import AuthenticatedClient, Client
    from ...models.delivery_report_record import DeliveryReportRecord
    from ...models.error_envelope import ErrorEnvelope


def _get_kwargs() -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/report",
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ErrorEnvelope | list[DeliveryReportRecord] | None:

    from ...models.delivery_report_record import DeliveryReportRecord
    from ...models.error_envelope import ErrorEnvelope

    if response.status_code == 200:
        response_200 = []
        _response_200 = response.json()
        for componentsschemas_delivery_report_list_item_data in _response_200:
            componentsschemas_delivery_report_list_item = DeliveryReportRecord.from_dict(
                componentsschemas_delivery_report_list_item_data
            )

            response_200.append(componentsschemas_delivery_report_list_item)

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


def _read_answer(status: int, answer: Any) -> list[DeliveryReportRecord]:
    """Makes the typed result of a success from its status and its decoded JSON (None for an empty body).

    Raises ValueError for a status that is no success, and KeyError, TypeError or ValueError for a body of
    another shape.
    """

    from ...models.delivery_report_record import DeliveryReportRecord

    if 200 <= status <= 299:
        if not isinstance(answer, list):
            raise TypeError(f"pullReports does not answer with {type(answer).__name__}")
        response_200 = []
        _response_200 = answer
        for componentsschemas_delivery_report_list_item_data in _response_200:
            componentsschemas_delivery_report_list_item = DeliveryReportRecord.from_dict(
                componentsschemas_delivery_report_list_item_data
            )

            response_200.append(componentsschemas_delivery_report_list_item)

        return response_200
    raise ValueError(f"pullReports knows no success with status {status}")


OPERATION: Final = Operation(operation_id="pullReports", build=_get_kwargs, read=_read_answer)
""" Fetch delivery reports """


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ErrorEnvelope | list[DeliveryReportRecord]]:
    return Response(
        status_code=response.status_code,
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
) -> Response[ErrorEnvelope | list[DeliveryReportRecord]]:
    """Fetch delivery reports

     Hands out what became of the messages of this application: one record for each message that the
    carriers reported on. Match records to messages by `msgId`, which is the `msg_id` of the sending
    call.

    **Reading takes the records away.** Each record is handed out once. A response that got lost on its
    way takes its records with it, so store what you get before anything else.

    - At most 500 records come in one response, and there is no paging: call again until the list is
    empty.
    - Wait 5 seconds between two calls. That an earlier call gives 50009 is inferred (G12).
    - Records are kept 3 days according to the vendor, 7 according to a newer SDK (C19). Rely on 3.
    - An application that has set up a callback for reports cannot use this call; they arrive there as
    `SMS_REPORT` events. What this call responds then is not documented.
    - The page's table of codes is not known, so all refusals of this call are inferred (G12).

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorEnvelope | list[DeliveryReportRecord]]
    """

    kwargs = _get_kwargs()

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
) -> ErrorEnvelope | list[DeliveryReportRecord] | None:
    """Fetch delivery reports

     Hands out what became of the messages of this application: one record for each message that the
    carriers reported on. Match records to messages by `msgId`, which is the `msg_id` of the sending
    call.

    **Reading takes the records away.** Each record is handed out once. A response that got lost on its
    way takes its records with it, so store what you get before anything else.

    - At most 500 records come in one response, and there is no paging: call again until the list is
    empty.
    - Wait 5 seconds between two calls. That an earlier call gives 50009 is inferred (G12).
    - Records are kept 3 days according to the vendor, 7 according to a newer SDK (C19). Rely on 3.
    - An application that has set up a callback for reports cannot use this call; they arrive there as
    `SMS_REPORT` events. What this call responds then is not documented.
    - The page's table of codes is not known, so all refusals of this call are inferred (G12).

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorEnvelope | list[DeliveryReportRecord]
    """

    return sync_detailed(
        client=client,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
) -> Response[ErrorEnvelope | list[DeliveryReportRecord]]:
    """Fetch delivery reports

     Hands out what became of the messages of this application: one record for each message that the
    carriers reported on. Match records to messages by `msgId`, which is the `msg_id` of the sending
    call.

    **Reading takes the records away.** Each record is handed out once. A response that got lost on its
    way takes its records with it, so store what you get before anything else.

    - At most 500 records come in one response, and there is no paging: call again until the list is
    empty.
    - Wait 5 seconds between two calls. That an earlier call gives 50009 is inferred (G12).
    - Records are kept 3 days according to the vendor, 7 according to a newer SDK (C19). Rely on 3.
    - An application that has set up a callback for reports cannot use this call; they arrive there as
    `SMS_REPORT` events. What this call responds then is not documented.
    - The page's table of codes is not known, so all refusals of this call are inferred (G12).

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorEnvelope | list[DeliveryReportRecord]]
    """

    kwargs = _get_kwargs()

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
) -> ErrorEnvelope | list[DeliveryReportRecord] | None:
    """Fetch delivery reports

     Hands out what became of the messages of this application: one record for each message that the
    carriers reported on. Match records to messages by `msgId`, which is the `msg_id` of the sending
    call.

    **Reading takes the records away.** Each record is handed out once. A response that got lost on its
    way takes its records with it, so store what you get before anything else.

    - At most 500 records come in one response, and there is no paging: call again until the list is
    empty.
    - Wait 5 seconds between two calls. That an earlier call gives 50009 is inferred (G12).
    - Records are kept 3 days according to the vendor, 7 according to a newer SDK (C19). Rely on 3.
    - An application that has set up a callback for reports cannot use this call; they arrive there as
    `SMS_REPORT` events. What this call responds then is not documented.
    - The page's table of codes is not known, so all refusals of this call are inferred (G12).

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorEnvelope | list[DeliveryReportRecord]
    """

    return (
        await asyncio_detailed(
            client=client,
        )
    ).parsed
