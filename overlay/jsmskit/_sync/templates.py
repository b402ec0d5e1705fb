# Made from overlay/jsmskit/_async/templates.py by tools/unasync.py. Do not edit: change that file and run the tool.
"""Templates: submit for review, change after a refusal, look up, delete, and preview offline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import final

from jsms_api.models.template_type import TemplateType

from .._operations import templates as operations
from .._validation.template_text import TemplatePreview
from ..errors import JsmsError
from ..results.reviews import Template, TemplateReceipt
from .executor import Operations


@final
class Templates(Operations):
    """The operations on templates; reached as `client.templates`.

    Ids are numbers, as the console shows them or `create` gives them. The service has no way to list templates.
    """

    def create(
        self,
        template: str,
        *,
        type: TemplateType | int,  # noqa: A002  # the service's word, and the caller's
        ttl: int | None = None,
        remark: str | None = None,
    ) -> TemplateReceipt:
        """Submit a template for review. It cannot be used before it is approved (some hours).

        Args:
            template: the text with variables as `{{name}}`, without sign and without 【】; at most 500
                characters together with the sign.
            type: verification, notice or marketing.
            ttl: life of a code in seconds, 1 to 86400; needed for verification templates.
            remark: for the reviewers, at most 100 characters; begins with the link if the text has `{{url}}`.

        Returns:
            The receipt with `template_id`.

        Raises:
            TemplateError: if the text breaks a rule, here or at the service.
            JsmsError: otherwise; `outcome` says whether the template may have been submitted.
        """
        return self._executor.run(operations.create(template, type, ttl, remark))

    def update(
        self,
        template_id: int,
        template: str,
        *,
        type: TemplateType | int,  # noqa: A002  # the service's word, and the caller's
        ttl: int | None = None,
        remark: str | None = None,
    ) -> TemplateReceipt:
        """Submit a refused template again, with another text. Only refused ones can be changed.

        Args:
            template_id: which. Everything else is as in `create`.

        Raises:
            TemplateError: if there is no such template, it was not refused, or the text breaks a rule.
            JsmsError: otherwise; `outcome` says whether the change may have been made.
        """
        return self._executor.run(operations.update(template_id, template, type, ttl, remark))

    def get(self, template_id: int) -> Template:
        """Look up a template and its review status. The reason of a refusal comes by callback only.

        Raises:
            TemplateError: if there is no such template.
            JsmsError: otherwise.
        """
        return self._executor.run(operations.get(template_id))

    def delete(self, template_id: int) -> None:
        """Delete a template.

        Raises:
            TemplateError: if there is no such template.
            JsmsError: otherwise; `outcome` says whether it may be gone.
        """
        self._executor.run(operations.delete(template_id))

    def preview(
        self, template: str, params: Mapping[str, str] | None = None, *, sign: str = "", hint: str = ""
    ) -> TemplatePreview:
        """Fill a template offline: the text, which values are missing, its length and what it costs.

        Nothing is sent. A message of up to 70 characters is one unit, a longer one a unit for every 67 begun.

        Args:
            template: the text with variables as `{{name}}`.
            params: the values of the variables, as text.
            sign: the sign without its brackets; it counts.
            hint: what the platform adds to marketing messages; its wording is not documented.

        Raises:
            InvalidRequestError: if a value is no text.
            ContentRejectedError: if a value holds 【 or 】 or is too long.
            SignError: if the sign has brackets.
        """
        filled = operations.preview(template, params, sign, hint)
        del params  # a traceback with local variables must not show them
        if isinstance(filled, JsmsError):
            raise filled
        return filled
