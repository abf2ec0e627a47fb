"""What the server answers beside the pages."""

from starlette.routing import Route

from core.ui.live.live import PULSE
from core.ui.map.route import ROW, SIGHT
from core.ui.modalities.sounds import ROUTE as SOUNDS
from core.ui.parts.downloads import ROUTE as DOWNLOADS
from core.ui.shell.keyboard.places import ROUTE as PLACES

ROUTES: list[Route] = [DOWNLOADS, PULSE, PLACES, SOUNDS, SIGHT, ROW]
