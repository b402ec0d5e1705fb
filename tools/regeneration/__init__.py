"""The parts of `tools.regenerate`: from spec/ to generated/.

`document` reads the spec, `checks` judges it, `client` runs the generator with its templates patched by patches/,
`tables` fills in templates/, `derived_forms` makes the spec's other forms.
"""
