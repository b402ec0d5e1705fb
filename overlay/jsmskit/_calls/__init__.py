"""The life of a call: request, response, what it proves, retry, error, log, observer. Pure: no I/O, no clocks."""
