# Made from overlay/jsmskit/_async/messages.py by tools/unasync.py. Do not edit: change that file and run the tool.
"""Template messages: one, or one template for up to a thousand people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import final

from .._operations import messages as operations
from ..recipients import PreparedRecipients, RecipientLike
from ..results.messages import BatchResult, MessageReceipt
from .executor import Operations


@final
class Messages(Operations):
    """The operations that send template messages at once; reached as `client.messages`."""

    def send(
        self,
        phone: str,
        template_id: int,
        params: Mapping[str, str] | None = None,
        *,
        sign_id: int | None = None,
        allow_duplicate: bool = False,
    ) -> MessageReceipt:
        """Send one template message. Costs one unit for every 67 characters (one for up to 70).

        Args:
            phone: mobile number of mainland China; blanks, dashes and +86 are taken away.
            template_id: an approved template of any type.
            params: the values of its variables, all as text: `{"number": "741627"}`.
            sign_id: the sign in front of the text; the application's default sign if left out.
            allow_duplicate: send the request again also when it is not known whether it was carried out. The
                recipient may then get the message twice, and both cost.

        Returns:
            The receipt with `msg_id`, which delivery reports carry.

        Raises:
            JsmsError: one of its subclasses; `outcome` says whether the message may have gone out.
        """
        request = operations.send(phone, template_id, params, sign_id)
        del phone, params  # a traceback with local variables must not show them
        return self._executor.run(request, allow_duplicate=allow_duplicate)

    def send_batch(
        self,
        template_id: int,
        recipients: Iterable[RecipientLike] | PreparedRecipients,
        *,
        sign_id: int | None = None,
        tag: str | None = None,
        allow_duplicate: bool = False,
    ) -> BatchResult:
        """Send one template to up to 1000 recipients in one request, each with values of their own.

        Args:
            template_id: an approved template.
            recipients: plain numbers, pairs of number and values, or `Recipient` objects. Equal text to an
                equal number is filtered out by the service. `PreparedRecipients` were checked before.
            sign_id: the sign in front of the text; the application's default sign if left out.
            tag: a label of at most 10 characters, not shown to anybody.
            allow_duplicate: send the request again also when it is not known whether it was carried out.
                Everyone may then get the message twice, and all cost.

        Returns:
            What became of each recipient. Look at it, or call `raise_for_rejected()`: a part may have been
            refused.

        Raises:
            JsmsError: if the batch as a whole was refused or its fate is unknown; see `outcome`.
        """
        request = operations.send_batch(template_id, recipients, sign_id, tag)
        del recipients
        return self._executor.run(request, allow_duplicate=allow_duplicate)
