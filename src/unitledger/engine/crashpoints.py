"""The named places where a test may cut the power; `Tools.reached` is called at each."""

PLANNED = "planned, not committed"
CLAIMED = "claimed, not committed"
CLAIM_COMMITTED = "claimed, not sent"
BEFORE_FIRST_BYTE = "about to send"
ANSWERED = "answered, not recorded"
RECORDING = "recorded, not committed"
RECORDED = "recorded"
LOOKED = "looked, not settled"
SETTLING = "settled by looking, not committed"
SWEPT = "page swept, not committed"
TOKEN_REFRESHED = "token refreshed, not kept"

POINTS = (
    PLANNED,
    CLAIMED,
    CLAIM_COMMITTED,
    BEFORE_FIRST_BYTE,
    ANSWERED,
    RECORDING,
    RECORDED,
    LOOKED,
    SETTLING,
    SWEPT,
)
