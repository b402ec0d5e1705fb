"""Arguments, judged by the bounds of the spec before anything is sent. Pure: no I/O, no operations, no clocks."""
