# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import describe as _describe

if TYPE_CHECKING:
    from ..models.batch_entry import BatchEntry


T = TypeVar("T", bound="BatchAnswer")


@_attrs_define(repr=False)
class BatchAnswer:
    """Response of `sendMessageBatch`, also when some or all entries failed. The two counts add up to the number of entries
    sent (inferred).

    """

    success_count: int
    """ Number of entries accepted for sending. """
    failure_count: int
    """ Number of entries refused. """
    recipients: list[BatchEntry]
    """ Every entry, accepted or refused, in the order of the request in the vendor's sample; the order is not
    promised. (The batch calls for schedules list the refused entries only, under another name.) """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def __repr__(self) -> str:
        return _describe(self)

    def to_dict(self) -> dict[str, Any]:
        success_count = self.success_count

        failure_count = self.failure_count

        recipients = []
        for recipients_item_data in self.recipients:
            recipients_item = recipients_item_data.to_dict()
            recipients.append(recipients_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "success_count": success_count,
                "failure_count": failure_count,
                "recipients": recipients,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.batch_entry import BatchEntry  # noqa: PLC0415

        d = dict(src_dict)
        success_count = d.pop("success_count")

        failure_count = d.pop("failure_count")

        recipients = []
        _recipients = d.pop("recipients")
        for recipients_item_data in _recipients:
            recipients_item = BatchEntry.from_dict(recipients_item_data)

            recipients.append(recipients_item)

        _parsed = cls(
            success_count=success_count,
            failure_count=failure_count,
            recipients=recipients,
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
