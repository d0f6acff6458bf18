"""QR codes, drawn here: a secret must not travel to somebody else's image service."""

from dataclasses import dataclass

from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_L


@dataclass(frozen=True)
class Drawing:
    """The dark squares as the path of an SVG image of `size` × `size` squares."""

    size: int
    path: str


def draw(text: str) -> Drawing:
    """Draw `text`, with the quiet zone that scanners need around it."""
    code = QRCode(error_correction=ERROR_CORRECT_L)
    code.add_data(text)
    rows = code.get_matrix()
    path = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    )
    return Drawing(len(rows), path)
