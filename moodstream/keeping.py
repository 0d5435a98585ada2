"""The folder of models: the one in use, the one before it, and one that was not taken."""

import logging
from pathlib import Path
from typing import Literal, NamedTuple

from moodstream.errors import ConfigurationError
from moodstream.model import FILE, SHIPPED, Model, in_use, load, save

log = logging.getLogger(__name__)

PREVIOUS, CANDIDATE, DAMAGED = "mood.previous.json", "mood.candidate.json", "mood.damaged.json"

Place = Literal["shipped", "own", "previous", "candidate"]
FILES: dict[Place, str] = {"own": FILE, "previous": PREVIOUS, "candidate": CANDIDATE}


class Kept(NamedTuple):
    """A model that is there: the shipped one, or of the folder the own one (in use where it is there), the one before
    it, or the one that was not taken. What cannot be read has a `fault` instead of a `model`."""

    place: Place
    in_use: bool
    model: Model | None
    fault: str | None


def kept(out: Path) -> list[Kept]:
    """The models that are there.

    Raises:
        ConfigurationError: nobody can look into the folder.
    """
    used = in_use(out)
    own = [(place, out.expanduser() / name) for place, name in FILES.items()]
    files: list[tuple[Place, Path]] = [("shipped", SHIPPED), *own]
    return [_kept(place, file, file == used) for place, file in files if file.exists()]


def _kept(place: Place, file: Path, used: bool) -> Kept:
    try:
        return Kept(place, used, load(file), None)
    except ConfigurationError as error:
        return Kept(place, used, None, str(error))


def default(out: Path) -> None:
    """Take the shipped model back into use. The folder's own becomes the one before, so that `restore` brings it back;
    one that cannot be read is only put aside.

    Raises:
        ConfigurationError: the folder cannot be written to.
    """
    own = in_use(out)
    if own == SHIPPED:
        return
    try:
        own.replace(own.with_name(PREVIOUS if readable(own) else DAMAGED))
    except OSError as error:
        raise ConfigurationError(f"{out} cannot be written to ({error.strerror}): set MODEL_DIR to another.") from error


def restore(out: Path) -> str:
    """Take the model before back into use, and keep the one in use as the one before; returns its name.

    Raises:
        ConfigurationError: there is none, or it cannot be read.
    """
    out = folder(out)
    if not (out / PREVIOUS).exists():
        raise ConfigurationError(f"{out} holds no {PREVIOUS}: no model was replaced there.")
    before = load(out / PREVIOUS)
    write(before, out, taken=True, before=readable(in_use(out)))
    return before.name


def folder(out: Path) -> Path:
    """The folder, made if need be: before minutes of training rather than after.

    Raises:
        ConfigurationError: it cannot be made.
    """
    try:
        made = out.expanduser()
        made.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError) as error:
        raise ConfigurationError(f"{out} cannot be made a folder ({error}): name another with --out.") from error
    return made


def write(model: Model, out: Path, taken: bool, before: Model | None) -> Path:
    """Write a model: as the one in use, with the one `before` it kept, or as one that was not taken.

    Raises:
        ConfigurationError: the folder cannot be written to.
    """
    try:
        if taken and before:
            save(before, out / PREVIOUS)
        path = out / (FILE if taken else CANDIDATE)
        save(model, path)
    except OSError as error:
        raise ConfigurationError(f"{out} cannot be written to ({error.strerror}): name another with --out.") from error
    return path


def readable(path: Path) -> Model | None:
    """The model there; None where there is none, or one that cannot be read, and so cannot be in use."""
    try:
        return load(path)
    except ConfigurationError as error:
        log.info("No model before this one: %s", error)
        return None
