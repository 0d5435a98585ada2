"""Do they still agree as well as before?"""

from collections.abc import Sequence

from moodstream.batch.statistics import Interval, wilson
from moodstream.store.queries.drift import Compared, drift
from moodstream.web.charts.card import Card, Drawn, Look, Row, number, percent, plain
from moodstream.web.theme import Figure, axis, figure

FEW = 5
"""So many points are drawn by themselves: a line would say that it knows what was in between."""
FORM = "%Y-%m-%d %H:%M:%S"


def draw(found: Sequence[Compared], look: Look) -> Drawn | None:
    """The share of songs alike at each comparison, with its interval; a line for each model."""
    shares = [(run, share) for run in found if (share := wilson(run.agreed, run.compared))]
    if not shares:
        return None
    models = list(dict.fromkeys(run.model for run, _ in shares))
    lines = [_line([one for one in shares if one[0].model == model], look) for model in models]
    low = min(share.low for _, share in shares)
    layout = figure(
        look.theme,
        lines,
        annotations=[_label(line, model, look) for line, model in zip(lines, models, strict=True)]
        if len(models) > 1
        else [],
        margin={"l": 8, "r": 16, "t": 28, "b": 8},
        xaxis=axis(
            look.theme, type="date", showline=True, showgrid=False, nticks=5, tickangle=0, tickformat="%d %b\n%H:%M"
        ),
        # The whole scale where there is much to see, or else the part of it that has the differences.
        yaxis=axis(look.theme, tickformat=".0%", range=[0 if low < 0.5 else 0.5 if low < 0.85 else 0.8, 1.005]),
    )
    return Drawn(layout, _said(shares, look))


def rows(found: Sequence[Compared], look: Look) -> Sequence[Row]:
    """A row for each comparison."""
    return [
        {
            "compared at": look.clock(run.at, FORM),
            "model": run.model,
            "seconds of plays": run.window_seconds,
            "songs": run.compared,
            "alike": run.agreed,
            "kappa": run.kappa,
        }
        for run in found
    ]


def _line(shares: Sequence[tuple[Compared, Interval]], look: Look) -> Figure:
    return {
        "type": "scatter",
        "mode": "markers" if len(shares) < FEW else "lines+markers",
        "cliponaxis": False,  # whole points at 100%
        "x": [look.clock(run.at, FORM) for run, _ in shares],
        "y": [share.share for _, share in shares],
        "error_y": {
            "type": "data",
            "array": [share.high - share.share for _, share in shares],
            "arrayminus": [share.share - share.low for _, share in shares],
            "color": look.theme.muted,
            "thickness": 1,
            "width": 0 if len(shares) > 50 else 3,
        },
        "line": {"color": look.theme.accent, "width": 1.5},
        "marker": {"color": look.theme.accent, "size": 8 if len(shares) < FEW else 5},
        "customdata": [_told(run, share) for run, share in shares],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _told(run: Compared, share: Interval) -> str:
    kappa = "" if run.kappa is None else f", kappa {run.kappa:.2f}"
    window = "" if run.window_seconds is None else f"<br>plays of the last {run.window_seconds:,g} s"
    interval = f"{100 * share.low:.1f} to {100 * share.high:.1f}%"
    return f"{100 * share.share:.1f}% ({interval}) of {run.compared:,}{kappa}<br>{plain(run.model)}{window}"


def _label(line: Figure, model: str, look: Look) -> Figure:
    """The name of a model above the last of its points."""
    place = {"x": line["x"][-1], "y": line["y"][-1], "xanchor": "right", "yanchor": "bottom", "yshift": 8}
    return place | {"text": plain(model), "showarrow": False, "font": {"color": look.theme.muted}}


def _said(shares: Sequence[tuple[Compared, Interval]], look: Look) -> str:
    (first, was), (last, now) = shares[0], shares[-1]
    share = f"{percent(last.agreed, last.compared)} of {number(last.compared, 'song')}"
    said = f"{share} alike when last compared, {look.clock(last.at, '%d %b %H:%M')}"
    if len(shares) == 1:
        return said
    before = f"{percent(first.agreed, first.compared)} in the first of {number(len(shares), 'comparison')}"
    trend = (
        "better than" if now.low > was.high else "worse than" if now.high < was.low else "not clearly different from"
    )
    return f"{said}: {trend} {before}, {look.clock(first.at, '%d %b %H:%M')}"


CARD = Card(
    name="drift",
    title="Do they still agree as well as before?",
    ask=drift,
    draw=draw,
    rows=rows,
    missing="Nothing was compared",
    start="batch_processor.py --compare",
    view="batch",
)
