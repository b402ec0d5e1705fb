# Made from overlay/jsmskit/_async/accounts.py by tools/unasync.py. Do not edit: change that file and run the tool.
"""How many messages are left."""

from __future__ import annotations

from typing import final

from .._operations import accounts as operations
from ..results.accounts import Balance
from .executor import Operations


@final
class Accounts(Operations):
    """The two balances; reached as `client.accounts`."""

    def app_balance(self) -> Balance:
        """What is assigned to this application. Where nothing ever was, every kind is None.

        Raises:
            JsmsError: if no answer came, or a refusal.
        """
        return self._executor.run(operations.app_balance())

    def account_balance(self) -> Balance:
        """What the account shares among its applications. Needs `dev_key` and `dev_secret`.

        Raises:
            ConfigurationError: if the client was made without them.
            JsmsError: if no answer came, or a refusal.
        """
        return self._executor.run(operations.account_balance())
