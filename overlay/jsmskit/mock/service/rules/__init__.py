"""Why a call is refused: one function a rule, in the order of the decisions.

No source gives that order. This one reproduces every documented example and gives the most helpful code
first; a client must stand another order where a request has two faults. In a batch the steps marked * are
taken for each entry, all others refuse the whole request.

1. path, then method
2. credentials
3. access of the application
4. media type, body, types of the fields
5. missing fields
6. form of the fields; numbers *
7. template, sign, schedule, code: existing, and in the right state
8. variables, then the written text *
9. recipient: unsubscribed, repeated, too often *
10. balance *
11. the act
"""
