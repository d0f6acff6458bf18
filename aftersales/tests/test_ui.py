"""The design system: complete on the styleguide, legible, strict enough for the CSP."""

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.urls import reverse

from aftersales.roles import ADMINISTRATOR, SERVICE_ADVISOR
from aftersales.tests.factories import UserFactory
from aftersales.views.styleguide import EXAMPLES

STATIC = settings.BASE_DIR / "static"
TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
SHEETS = sorted((STATIC / "css").glob("*.css"))
SCRIPTS = sorted((STATIC / "js").glob("*.js"))
TOKENS = (STATIC / "css" / "tokens.css").read_text()

# Classes that another page shows, a script sets, or htmx does.
NOT_ON_THE_STYLEGUIDE = {
    "plain",
    "plain-sheet",
    "search",
    "search-box",
    "is-over",
    "htmx-request",
    "print-only",
    "screen-only",
}


def named(paths):
    return [pytest.param(path, id=str(path.relative_to(settings.BASE_DIR))) for path in paths]


class Attributes(HTMLParser):
    """Collects every attribute of every tag."""

    def __init__(self, markup):
        super().__init__()
        self.found = []
        self.feed(markup)

    def handle_starttag(self, tag, attrs):
        self.found += [(name, value or "") for name, value in attrs]


@pytest.fixture
def styleguide(client):
    client.force_login(UserFactory(roles=[ADMINISTRATOR, SERVICE_ADVISOR]))
    return client.get(reverse("styleguide")).content.decode()


@pytest.mark.django_db
class TestStyleguide:
    def test_shows_each_component_with_its_markup(self, styleguide):
        shown = re.findall(r'<section class="section" id="([^"]+)"', styleguide)

        assert shown == [example.name for example in EXAMPLES]
        assert styleguide.count('<pre class="code" tabindex="0">') == len(EXAMPLES) + 1

    def test_draws_every_class_of_the_style_sheets(self, styleguide):
        values = [value for name, value in Attributes(styleguide).found if name == "class"]
        drawn = set(" ".join(values).split())
        styled = {
            name
            for sheet in SHEETS
            for name in re.findall(r"\.([a-z][a-z-]*)", without_values(sheet.read_text()))
        }

        assert sorted(styled - drawn - NOT_ON_THE_STYLEGUIDE) == []


def without_values(css):
    """Keep the selectors, whose dots are classes; those of numbers and addresses go."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    return re.sub(r"[\w-]+\s*:[^;{}]*;", "", css)


@pytest.mark.parametrize("path", named(TEMPLATES))
def test_templates_carry_no_inline_styles_scripts_or_handlers(path):
    markup = path.read_text()
    forbidden = [
        name
        for name, _value in Attributes(markup).found
        if name == "style" or name.startswith(("on", "hx-on"))
    ]

    assert forbidden == []
    assert not re.search(r"<style|<script(?![^>]*\ssrc=)|javascript:", markup)


@pytest.mark.parametrize("path", named([*TEMPLATES, *SHEETS, *SCRIPTS]))
def test_nothing_comes_from_another_host(path):
    assert re.findall(r"""(?:https?:)?//[\w-]+\.[\w.-]+""", path.read_text()) == []


@pytest.mark.parametrize("path", named(TEMPLATES))
def test_static_files_that_templates_name_exist(path):
    for name in re.findall(r"{% static '([^']+)'", path.read_text()):
        assert finders.find(name), name


@pytest.mark.parametrize("path", named(SHEETS))
def test_files_that_style_sheets_name_exist(path):
    for name in re.findall(r'url\("([^"]+)"\)', path.read_text()):
        assert (path.parent / name).exists(), name


@pytest.mark.parametrize("path", named(TEMPLATES))
def test_fragments_say_what_they_need(path):
    if path.name.startswith("_"):
        assert re.match(r"{#.*Needs.*#}\n", path.read_text()), "first line states the context"


def test_text_is_never_smaller_than_twelve_pixels():
    sizes = re.findall(r"--text-[a-z]+: ([\d.]+)rem", TOKENS)

    assert sizes
    assert min(float(size) * 16 for size in sizes) >= 12


@pytest.mark.parametrize("status", ["400", "403", "404", "500", "403_csrf"])
def test_error_pages_need_neither_request_nor_database(status):
    page = render_to_string(f"{status}.html")

    assert 'href="/"' in page
    assert page.count("<h1>") == 1


def colors():
    """Map each token to its light and its dark color."""
    return {
        name: (light, dark)
        for name, light, dark in re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", TOKENS)
    }


def luminance(color):
    channels = [int(color[i:j], 16) / 255 for i, j in pairwise((1, 3, 5, 7))]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(part * weight for part, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


def contrast(one, other):
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


BACKGROUNDS = ("surface", "canvas", "raised", "sunken", "hover", "selected")
TEXT_PAIRS = [
    *((ink, ground) for ink in ("ink", "ink-muted", "accent", "overdue") for ground in BACKGROUNDS),
    *((ink, ground) for ink in ("due", "done", "note") for ground in ("surface", "hover")),
    *(("ink-faint", ground) for ground in ("surface", "raised", "sunken")),
    *((tone, f"{tone}-soft") for tone in ("overdue", "due", "done", "note")),
    *(("ink", f"{tone}-soft") for tone in ("overdue", "due", "done", "note")),
    *((f"class-{letter}", f"class-{letter}-soft") for letter in "abcdn"),
    *(
        ("on-accent", f"{kind}-fill{state}")
        for kind in ("accent", "danger")
        for state in ("", "-hover")
    ),
    ("ink", "mark"),
]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_can_be_read_on_its_background(text, ground, theme):
    tokens = colors()

    assert contrast(tokens[text][theme], tokens[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("line", ["control-line", "focus", "overdue-line", "due-line", "done-line"])
def test_outlines_and_bars_stand_out_from_the_surface(line, theme):
    tokens = colors()

    assert contrast(tokens[line][theme], tokens["surface"][theme]) >= 3
