"""Why a call is refused: one function a rule, in the order of the decisions (fact base 11)."""
