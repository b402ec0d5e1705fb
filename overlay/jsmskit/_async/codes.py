"""Verification codes: send one, have one read out, check what the user typed."""

from __future__ import annotations

from typing import final

from jsms_api import limits
from jsms_api.models.voice_language import VoiceLanguage

from .._operations import codes as operations
from ..results.codes import CodeReceipt, Verification
from .executor import AsyncOperations


@final
class AsyncCodes(AsyncOperations):
    """The operations on verification codes; reached as `client.codes`."""

    async def send(
        self,
        phone: str,
        *,
        template_id: int = limits.READY_MADE_TEMPLATE,
        sign_id: int | None = None,
        allow_duplicate: bool = False,
    ) -> CodeReceipt:
        """Send a text with a code that the service makes. Costs one message.

        The code lives as long as the template's `ttl` says. At most 200 texts with codes go to one number in 24 hours.

        Args:
            phone: mobile number of mainland China; blanks, dashes and +86 are taken away.
            template_id: an approved verification template; every application has number 1 ready-made.
            sign_id: the sign in front of the text; the application's default sign if left out.
            allow_duplicate: send the request again also when it is not known whether it was carried out. The
                recipient may then get two codes, and both cost.

        Returns:
            The receipt with `msg_id`, which `verify` needs.

        Raises:
            JsmsError: one of its subclasses; `outcome` says whether the message may have gone out.
        """
        request = operations.send(phone, template_id, sign_id)
        del phone  # a traceback with local variables must not show it
        return await self._executor.run(request, allow_duplicate=allow_duplicate)

    async def send_voice(
        self,
        phone: str,
        *,
        code: str | None = None,
        language: VoiceLanguage | int | None = None,
        ttl: int | None = None,
        allow_duplicate: bool = False,
    ) -> CodeReceipt:
        """Have a code read out in a phone call. Costs one voice message.

        Calls to one number must be 20 seconds apart.

        Args:
            phone: mobile number of mainland China.
            code: 4 to 8 digits to read out, as text; made by the service if left out.
            language: Chinese, English or both; the service takes Chinese if left out (inferred, uncertainty G11).
            ttl: life of the code in seconds, 1 to 86400; 60 if left out.
            allow_duplicate: as in `send`.

        Returns:
            The receipt with `msg_id`, which `verify` needs.

        Raises:
            JsmsError: one of its subclasses; `outcome` says whether the call may have been made.
        """
        request = operations.send_voice(phone, code, language, ttl)
        del phone, code
        return await self._executor.run(request, allow_duplicate=allow_duplicate)

    async def verify(self, msg_id: str | int, code: str) -> Verification:
        """Check the code that the user typed. A wrong one is a value, not an error.

        A right code can be used once. Attempts are not limited by the service (uncertainty G3): limit them yourself.

        Args:
            msg_id: what `send` or `send_voice` gave.
            code: what the user typed, unchanged. An empty text is answered without a request.

        Returns:
            A verdict that is true in a condition only if the code is right; else it has a `reason`.

        Raises:
            VerificationError: if `msg_id` cannot be one.
            JsmsError: if no verdict came. Never take that for a right code.
        """
        request = operations.verify(msg_id, code)
        del code
        return await self._executor.run(request)
