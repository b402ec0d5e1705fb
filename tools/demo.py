"""The main job of jsmskit in one screen: send a code, read it on the phone, verify it, meet an error.

Everything happens over real HTTP, but on loopback: the mock answers in place of the service, so no account is
needed and nothing costs money.
"""

from __future__ import annotations

import jsmskit
from jsmskit.mock import APP_KEY, MASTER_SECRET, JsmsMock

PHONE = "13800138000"


def main() -> None:
    """Tell the story, a line or two a step."""
    with JsmsMock(seed=7) as mock, mock.serve() as server:
        print(f"A mock of JSMS listens on {server.url}: no account, no money.\n")

        with jsmskit.JsmsClient(APP_KEY, MASTER_SECRET, base_url=server.url) as client:
            print(f"1. Balance         {client.accounts.app_balance().industry} codes and notices left")

            sent = client.codes.send(PHONE, template_id=1)
            print(f"2. Send a code     msg_id {sent.msg_id}")

            message = mock.messages(PHONE)[-1]
            print(f"3. On the phone    {message.text}")

            first = client.codes.verify(sent.msg_id, message.code)
            print(f"4. Verify it       ok: {first.ok}")

            again = client.codes.verify(sent.msg_id, message.code)
            print(f"5. Verify again    ok: {again.ok}, reason: {again.reason}  (a value, not an exception)")

            try:
                client.codes.send("1380013800", template_id=1)
            except jsmskit.RecipientError as error:
                print(f"6. A bad number    {type(error).__name__} {error.code} {error.name}")
                print(f"   what happened:  {error.message}")
                print(f"   was it sent?    {error.outcome}")
                print(f"   what to do:     {error.remedy}")

            print(f"7. Balance         {client.accounts.app_balance().industry} codes and notices left")


if __name__ == "__main__":
    main()
