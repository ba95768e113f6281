"""渝北 2022: nine groups of thirty-nine people stay at nine streets for six days."""

from demo.cast import Cast
from demo.opening import Data, open_operation
from demo.rounds import Beat, Pace, add, go_round
from demo.story import Story, local

TWISTS = {
    "500112002": ("sent_back", "sent_back", "relapsed"),
    "500112017": ("sent_back", "extended"),
    "500112023": ("sent_back",),
    "500112016": ("sent_back", "sent_back", "paused"),
    "500112012": ("sent_back",),
    "500112013": ("extended",),
    "500112011": ("sent_back", "sent_back", "extended"),
    "500112020": ("sent_back",),
    "500112004": ("sent_back", "sent_back"),
}
