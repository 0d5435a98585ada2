"""The REST API under `/api/v1`: what the page shows and does, for programs.

It asks by the page's feeds and by the page's questions, so that the database sees no more of them.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route

from moodstream.errors import DataError, MoodstreamError
from moodstream.store.queries.wanted import Wanted, zone
from moodstream.web import exports, publisher
from moodstream.web.api_models import Accepted, Filters, Now, Reacted, Songs
from moodstream.web.asking import ANSWER_SECONDS, Bell, current
from moodstream.web.catalogue import Catalogue
from moodstream.web.charts.card import Card, Look
from moodstream.web.feed import Feeds
from moodstream.web.library import row
from moodstream.web.problems import responses
from moodstream.web.publisher import Publisher
from moodstream.web.render import question
from moodstream.web.theme import LIGHT

MOST_SONGS = 10_000
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
AGAIN = {"Retry-After": "5"}
AWAY = "The source of the answer is away, or too slow; try again after `Retry-After` seconds"
FRESH = {"Cache-Control": "no-store"}
CSV = "text/csv; charset=utf-8; header=present"


class Asker:
    """Gets the answers of the cards, fresh, and shares them with the pages that are open."""

    def __init__(self, feeds: Feeds, bell: Bell, cards: Sequence[Card]) -> None:
        self._feeds, self._bell = feeds, bell
        self.cards = {card.name: card for card in cards}

    async def answer(self, name: str, wanted: Wanted) -> Any:
        """What a card knows.

        Raises:
            HTTPException: 404 for a card that is none, 503 where there is no answer in time.
        """
        card = self.cards.get(name)
        if card is None:
            raise HTTPException(404, f"There is no chart {name!r}; there are {', '.join(self.cards)}.")
        feed = getattr(self._feeds, card.feed)
        answer = await current(feed, self._bell, question(card, wanted))
        if answer is None:
            reason = feed.fault.reason if feed.fault else f"There was no answer within {ANSWER_SECONDS:.0f} s."
            raise HTTPException(503, reason, AGAIN)
        return answer.value


def router(feeds: Feeds, bell: Bell, publisher: Publisher, cards: Sequence[Card], catalogue: Catalogue) -> APIRouter:
    """The routes of the API, for the charts that `cards` are."""
    api = APIRouter(prefix="/api")
    _reading(api, Asker(feeds, bell, cards))
    _taking_away(api, Asker(feeds, bell, cards))
    _searching(api, catalogue)
    _saying(api, publisher)
    _elsewhere(api)
    return api


def _reading(api: APIRouter, asker: Asker) -> None:
    @api.get("/v1/now", summary="What plays now", tags=["plays"], responses=responses(s503=AWAY))
    async def now(
        response: Response,
        listener: Annotated[str, Query(max_length=128, description="Whose plays; everybody's where empty")] = "",
        source: Annotated[str, Query(max_length=32, description="Plays from where; from everywhere where empty")] = "",
    ) -> Now:
        """The newest plays, newest first, each with its mood as soon as the classifier has said it."""
        response.headers.update(FRESH)
        return Now.model_validate(await asker.answer("now", Wanted(listener=listener, source=source)))


def _taking_away(api: APIRouter, asker: Asker) -> None:
    names = ", ".join(f"`{name}`" for name in asker.cards)

    @api.get(
        "/v1/charts/{name}.csv",
        summary="The numbers behind a chart",
        tags=["charts"],
        response_class=Response,
        responses=responses(s404="There is no such chart", s422="A filter cannot be understood", s503=AWAY)
        | _file(
            "text/csv", "A row for each number that is shown, under a row of heads; nothing where nothing is shown"
        ),
        description=f"What a chart of the page shows, as a table (CSV, UTF-8). The charts: {names}.",
    )
    async def chart(
        name: Annotated[str, Path(examples=["movement"])], filters: Annotated[Filters, Query()]
    ) -> Response:
        wanted = filters.wanted()
        found = await asker.answer(name, wanted)
        rows = asker.cards[name].rows(found, Look(wanted, LIGHT, zone(wanted.zone)))
        return _download(exports.table(rows), CSV, f"{name}.csv")

    @api.get(
        "/v1/playlists/{listener:path}.{kind}",
        summary="A listener's playlist",
        tags=["playlists"],
        response_class=Response,
        responses=responses(s404="The listener has no playlist, or there is no such format", s503=AWAY)
        | _file("application/xspf+xml", "The playlist: M3U8, XSPF (XML) or JSPF (JSON), by the ending of the path"),
    )
    async def playlist(
        listener: Annotated[str, Path(min_length=1, max_length=128, examples=["anna"])],
        kind: Annotated[str, Path(description="`m3u8`, `xspf` or `jspf`", examples=["xspf"])],
    ) -> Response:
        """What the listener should play next, in playing order. The history knows songs and not their files, so that
        the location of a track is `urn:moodstream:song:` and the song's id, percent-encoded."""
        if kind not in exports.KINDS:
            raise HTTPException(404, f"There is no format {kind!r}; there are {', '.join(exports.KINDS)}.")
        found = await asker.answer("playlist", Wanted(listener=listener))
        if found is None:
            raise HTTPException(404, f"There is no playlist for {listener!r} yet.")
        return _download(exports.playlist(found, kind), exports.KINDS[kind].media_type, f"{listener}.{kind}")


def _searching(api: APIRouter, catalogue: Catalogue) -> None:
    @api.get(
        "/v1/library.csv",
        summary="The songs that match a search",
        tags=["songs"],
        response_class=Response,
        responses=responses(s422="The search cannot be understood", s503=AWAY)
        | _file(
            "text/csv", f"A row for each song, {MOST_SONGS:,} at most, under a row of heads; nothing without songs"
        ),
    )
    async def library(search: Annotated[Songs, Query()]) -> Response:
        """What the library shows, in its order, as a table (CSV, UTF-8): of a search that more than 5,000 songs match,
        the first 1,000."""
        try:
            _, songs = await catalogue.page(search.search(), 0, MOST_SONGS)
        except MoodstreamError as error:
            raise HTTPException(503, str(error), AGAIN) from error
        rows = [row(song) for song in songs]
        return _download(exports.table(rows), CSV, "library.csv")


def _saying(api: APIRouter, publisher_: Publisher) -> None:
    @api.post(
        "/v1/feedback",
        summary="Say what a listener thinks of a play",
        tags=["plays"],
        status_code=202,
        responses=responses(s422="This cannot be said of a play", s503="Kafka is away; it may not have arrived"),
    )
    def feedback(said: Reacted) -> Accepted:
        """Publishes to `user_feedback`, and answers once Kafka has it. The same said twice of a play is one row."""
        what = [each for each in (said.reaction, said.mood) if each]
        now = datetime.now(UTC)
        try:
            told = [publisher.feedback(str(said.play_id), said.listener, said.song_id, each, now) for each in what]
            publisher_.publish(*told)
        except DataError as error:
            raise HTTPException(422, str(error)) from error
        except MoodstreamError as error:
            raise HTTPException(503, str(error), AGAIN) from error
        return Accepted(event_ids=[UUID(bytes=message.event_id.bytes) for message in told])


def _elsewhere(api: APIRouter) -> None:
    """Every other path under `/api` is an error, rather than the page, which is what every other path is."""

    @api.api_route("/{path:path}", methods=METHODS, include_in_schema=False)
    def nowhere(request: Request) -> None:
        there = (route for route in api.routes if route.matches(request.scope)[0] is Match.PARTIAL)
        allowed = sorted({method for route in there if isinstance(route, Route) for method in route.methods or ()})
        if allowed:
            path = request.url.path
            raise HTTPException(405, f"{path} takes {', '.join(allowed)} only.", {"Allow": ", ".join(allowed)})
        raise HTTPException(404, "There is nothing here; /docs says what there is.")


def _file(media_type: str, what: str) -> dict[int | str, dict[str, Any]]:
    content = {media_type: {"schema": {"type": "string"}}}
    return {200: {"description": what, "content": content}}


def _download(body: bytes, media_type: str, name: str) -> Response:
    return Response(body, 200, FRESH | {"Content-Disposition": exports.attachment(name)}, media_type)
