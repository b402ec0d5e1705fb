"""The parts of `tools.regenerate`: from spec/ to generated/.

Order of flow: `sources` and `spec_checks` read and judge the spec, `toolchain` finds the pinned tools,
`template_patches` and `client_code` make the client, the three `*_table` modules make the tables, `tree`
compares and replaces.
"""
