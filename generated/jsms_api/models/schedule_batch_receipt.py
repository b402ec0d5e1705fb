# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset
from ..types import describe as _describe

if TYPE_CHECKING:
    from ..models.failed_recipient import FailedRecipient


T = TypeVar("T", bound="ScheduleBatchReceipt")


@_attrs_define(repr=False)
class ScheduleBatchReceipt:
    """Response to the creation or change of a task for many numbers. `success_count` and `failure_count` together make the
    number of entries sent (inferred).

    """

    schedule_id: str
    """ Id of the task, in all samples a UUID of 36 characters. Keep it as text. """
    success_count: int
    """ Number of recipients that wait for their message. May be 0 (G4). """
    failure_count: int
    """ Number of recipients that were refused and are not part of the task. """
    failure_recipients: list[FailedRecipient] | Unset = UNSET
    """ The refused entries, and only those. Without failures the list may be empty or missing; the documentation
    shows no such response. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def __repr__(self) -> str:
        return _describe(self)

    def to_dict(self) -> dict[str, Any]:
        schedule_id = self.schedule_id

        success_count = self.success_count

        failure_count = self.failure_count

        failure_recipients: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.failure_recipients, Unset):
            failure_recipients = []
            for failure_recipients_item_data in self.failure_recipients:
                failure_recipients_item = failure_recipients_item_data.to_dict()
                failure_recipients.append(failure_recipients_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "schedule_id": schedule_id,
                "success_count": success_count,
                "failure_count": failure_count,
            }
        )
        if failure_recipients is not UNSET:
            field_dict["failure_recipients"] = failure_recipients

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.failed_recipient import FailedRecipient  # noqa: PLC0415

        d = dict(src_dict)
        schedule_id = d.pop("schedule_id")

        success_count = d.pop("success_count")

        failure_count = d.pop("failure_count")

        _failure_recipients = d.pop("failure_recipients", UNSET)
        failure_recipients: list[FailedRecipient] | Unset = UNSET
        if _failure_recipients is not UNSET:
            failure_recipients = []
            for failure_recipients_item_data in _failure_recipients:
                failure_recipients_item = FailedRecipient.from_dict(failure_recipients_item_data)

                failure_recipients.append(failure_recipients_item)

        _parsed = cls(
            schedule_id=schedule_id,
            success_count=success_count,
            failure_count=failure_count,
            failure_recipients=failure_recipients,
        )

        _parsed.additional_properties = d
        return _parsed

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
