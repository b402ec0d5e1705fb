"""One module a resource, one function an operation: from arguments to a prepared request, from a response to a result.

An operation validates its arguments, lets the generated code build the request, and names the function that reads the
response. It does no I/O (but for reading the files of a sign) and knows no time zones, clocks, keys or addresses. The
order of a response's entries is never relied on, and what does not fit raises `InvalidResponse`.
"""
