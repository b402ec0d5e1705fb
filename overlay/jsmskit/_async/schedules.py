"""Scheduled messages: set, change, look at, cancel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import final

from .._operations import schedules as operations
from ..recipients import RecipientLike
from ..results.messages import Schedule, ScheduleBatchResult, ScheduleReceipt
from .executor import AsyncOperations


@final
class AsyncSchedules(AsyncOperations):
    """The operations on scheduled messages; reached as `client.schedules`.

    All times are aware datetimes in the future; the wire has UTC+8 to the second (inferred, uncertainty G7). Ids
    are those that `create` and `create_batch` give.
    """

    async def create(
        self,
        phone: str,
        template_id: int,
        send_at: datetime,
        params: Mapping[str, str] | None = None,
        *,
        sign_id: int | None = None,
        allow_duplicate: bool = False,
    ) -> ScheduleReceipt:
        """Have one template message sent at a later time.

        Args:
            phone: mobile number of mainland China.
            template_id: an approved template.
            send_at: when; aware and in the future. A part of a second is rounded up.
            params: the values of the template's variables, as text.
            sign_id: the sign in front of the text; the application's default sign if left out.
            allow_duplicate: send the request again also when it is not known whether it was carried out. A task
                that was set without its id being known cannot be cancelled.

        Returns:
            The receipt with `schedule_id`.

        Raises:
            JsmsError: one of its subclasses; `outcome` says whether the task may have been set.
        """
        request = operations.create(phone, template_id, send_at, params, sign_id, now=self._executor.now())
        del phone, params  # a traceback with local variables must not show them
        return await self._executor.run(request, allow_duplicate=allow_duplicate)

    async def create_batch(
        self,
        template_id: int,
        recipients: Iterable[RecipientLike],
        send_at: datetime,
        *,
        sign_id: int | None = None,
        tag: str | None = None,
        allow_duplicate: bool = False,
    ) -> ScheduleBatchResult:
        """Have one template sent to up to 1000 recipients at a later time.

        Args:
            template_id: an approved template.
            recipients: plain numbers, pairs of number and values, or `Recipient` objects.
            send_at: when; aware and in the future. A part of a second is rounded up.
            sign_id: the sign in front of the text; the application's default sign if left out.
            tag: a label of at most 10 characters, not shown to anybody.
            allow_duplicate: as in `create`.

        Returns:
            The `schedule_id`, and which recipients were refused.

        Raises:
            JsmsError: if the task as a whole was refused or its fate is unknown; see `outcome`.
        """
        request = operations.create_batch(template_id, recipients, send_at, sign_id, tag, now=self._executor.now())
        del recipients
        return await self._executor.run(request, allow_duplicate=allow_duplicate)

    async def update(
        self,
        schedule_id: str,
        phone: str,
        template_id: int,
        send_at: datetime,
        params: Mapping[str, str] | None = None,
        *,
        sign_id: int | None = None,
    ) -> ScheduleReceipt:
        """Replace a scheduled message that has not been sent. Everything is given again; what is left out is gone.

        Args:
            schedule_id: a task made by `create` (whether one made by `create_batch` is taken is not documented).
                Everything else is as in `create`.

        Raises:
            ScheduleError: if there is no such task, or it was sent or cancelled.
            JsmsError: otherwise; `outcome` says whether the change may have been made.
        """
        request = operations.update(schedule_id, phone, template_id, send_at, params, sign_id, now=self._executor.now())
        del phone, params
        return await self._executor.run(request)

    async def update_batch(
        self,
        schedule_id: str,
        template_id: int,
        recipients: Iterable[RecipientLike],
        send_at: datetime,
        *,
        sign_id: int | None = None,
    ) -> ScheduleBatchResult:
        """Replace a scheduled batch that has not been sent. Everything is given again; the tag stays as it was.

        Args:
            schedule_id: a task made by `create_batch`. Everything else is as there.

        Raises:
            ScheduleError: if there is no such task, or it was sent or cancelled.
            JsmsError: otherwise; `outcome` says whether the change may have been made.
        """
        request = operations.update_batch(
            schedule_id, template_id, recipients, send_at, sign_id, now=self._executor.now()
        )
        del recipients
        return await self._executor.run(request)

    async def get(self, schedule_id: str) -> Schedule:
        """Look at a task of one recipient or many.

        Raises:
            ScheduleError: if there is no such task.
            JsmsError: otherwise.
        """
        return await self._executor.run(operations.get(schedule_id))

    async def cancel(self, schedule_id: str) -> None:
        """Cancel a task of one recipient or many. Nothing is sent then.

        Raises:
            ScheduleError: if there is no such task, or it was sent or cancelled before.
            JsmsError: otherwise; with an `outcome` of unknown, look with `get` or cancel again.
        """
        await self._executor.run(operations.cancel(schedule_id))
