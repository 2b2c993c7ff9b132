"""`python -m bart_service.models`: fetch BART models once, from a hub or from a folder, and convert them.

    fetch [SOURCE] [--name NAME] [--revision REV] [--compute-type int8 ...]     SOURCE: OWNER/NAME or a folder
    list                                                                        what is there, verified

Not used by the running service, which reads only what this has finished.
"""

from __future__ import annotations

import argparse
import re
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path

from bart_service import store
from bart_service.checkpoint import Checkpoint
from bart_service.config import BartSettings
from modelkit import store as models_store
from modelkit.engine import EngineUnavailable
from modelkit.hub import FetchError, Hub, say
from modelkit.store import Manifest
from servicekit.settings import SettingsError

DEFAULT = "sshleifer/distilbart-cnn-12-6"
WEIGHTS = store.WEIGHTS
NEEDED = ("config.json", WEIGHTS)
WANTED = (
    *NEEDED,
    "generation_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "vocab.json",
    "merges.txt",
    store.CARD,
)
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_TOOLS = ("ctranslate2", "transformers", "torch", "tokenizers", "safetensors")
FORMATS = ("int8", "float32", "float16", "int8_float16", "int8_float32")


def fetch(source: str, folder: Path, *, revision: str = "main", formats: list[str], hub: Hub | None = None) -> Manifest:
    """Bring a model into `folder`: weights and tokenizer, then the conversions, then the manifest.

    What is already there and right is kept, so the same call continues what was cut off.

    Raises:
        FetchError, EngineUnavailable: with one line that says what to do.
    """
    target = folder / store.HF
    target.mkdir(parents=True, exist_ok=True)
    local = Path(source)
    if local.is_dir():
        revision = _copy(local, target)
        source = local.resolve().name
    else:
        revision = _download(source, revision, target, hub or Hub())
    _complete_tokenizer(target)
    _check_weights(target)
    Checkpoint.read(target)
    for kind in formats:
        _convert(folder, kind)
    return models_store.write(folder, source=source, revision=revision, tools=_TOOLS)


def _copy(local: Path, target: Path) -> str:
    """Copy the wanted files of a folder."""
    names = [path.name for path in local.iterdir()]
    _refuse_pickle(names, str(local))
    _begin(target, names)
    for name in WANTED:
        origin, copy = local / name, target / name
        if name in names and models_store.describe(origin) != models_store.describe(copy):
            say(f"  {name}")
            with tempfile.TemporaryDirectory(dir=target) as made:
                shutil.copyfile(origin, Path(made) / name)
                (Path(made) / name).replace(copy)
    return "local"


def _download(repo: str, revision: str, target: Path, hub: Hub) -> str:
    found = hub.snapshot(repo, revision)
    if WEIGHTS not in found.files and revision == "main":
        converted = hub.safetensors_revision(repo)
        if converted:
            say(f"  {repo} has safetensors only in {converted}; taking that")
            found = hub.snapshot(repo, converted)
    _refuse_pickle(list(found.files), repo)
    _begin(target, list(found.files))
    hub.download(found, [name for name in WANTED if name in found.files], target)
    return found.commit


def _begin(target: Path, names: list[str]) -> None:
    """From here on the model is incomplete. Files that the source does not have go."""
    models_store.begin(target.parent)
    for name in set(WANTED) - set(names):
        (target / name).unlink(missing_ok=True)


def _refuse_pickle(names: list[str], source: str) -> None:
    missing = [name for name in NEEDED if name not in names]
    pickled = [name for name in names if name.endswith((".bin", ".pt", ".pth", ".ckpt"))]
    if WEIGHTS in missing and pickled:
        raise FetchError(
            f"{source} has its weights as {pickled[0]} only, a pickle, which can run code when read."
            f" Take a revision that has {WEIGHTS}"
        )
    if missing:
        raise FetchError(f"{source} has no {missing[0]}")


def _complete_tokenizer(folder: Path) -> None:
    """Older repositories hold the vocabulary and the merges of the tokenizer: write them as one tokenizer.json."""
    if (folder / "tokenizer.json").is_file():
        return
    vocabulary, merges = folder / "vocab.json", folder / "merges.txt"
    if not (vocabulary.is_file() and merges.is_file()):
        raise FetchError(f"{folder.parent.name} has no tokenizer: neither tokenizer.json nor vocab.json and merges.txt")
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors

    tokenizer = Tokenizer(models.BPE.from_file(str(vocabulary), str(merges)))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = [name for name in ("<s>", "<pad>", "</s>", "<unk>") if tokenizer.token_to_id(name) is not None]
    tokenizer.add_special_tokens([*special, AddedToken("<mask>", lstrip=True)])
    begin, end = tokenizer.token_to_id("<s>"), tokenizer.token_to_id("</s>")
    if begin is None or end is None:
        raise FetchError(f"{folder.parent.name}: its vocabulary has no <s> and </s>; it is not a BART tokenizer")
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", end), ("<s>", begin), add_prefix_space=False)
    tokenizer.save(str(folder / "tokenizer.json"))


def _check_weights(folder: Path) -> None:
    """Read the header of the safetensors file, which says whether it is whole."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(folder / WEIGHTS, "numpy") as weights:
            names = set(weights.keys())
    except (SafetensorError, OSError) as error:
        raise FetchError(f"{WEIGHTS} of {folder.parent.name} is damaged or cut off") from error
    if not any(name.endswith("decoder.layers.0.encoder_attn.q_proj.weight") for name in names):
        raise FetchError(f"{WEIGHTS} of {folder.parent.name} does not hold a BART model")


def _convert(folder: Path, kind: str) -> None:
    missing = next((name for name in ("ctranslate2", "torch", "transformers") if find_spec(name) is None), None)
    if missing:
        raise FetchError(f"converting needs the Python package {missing}: pip install 'visis[models]'")
    from bart_service import convert

    say(f"  converting for ctranslate2: {kind}")
    target = folder / f"{store.CT2}{kind}"
    shutil.rmtree(target, ignore_errors=True)
    try:
        convert.to_ctranslate2(folder / store.HF, target, kind)
    except (RuntimeError, ValueError, OSError, KeyError) as error:
        shutil.rmtree(target, ignore_errors=True)
        raise FetchError(f"{folder.name} cannot be converted: {str(error).splitlines()[0][:200]}") from error


def _list(folder: Path) -> int:
    """Print each model and whether its files are whole; the number of those that are not."""
    damaged = 0
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        try:
            manifest = models_store.read(path)
            models_store.verify(path, manifest.files)
            formats = ", ".join(store.formats(manifest))
            print(f"{path.name}\tok\t{manifest.source}@{manifest.revision}\t{formats}")
        except EngineUnavailable as error:
            damaged += 1
            print(f"{path.name}\t{error}")
    return damaged


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bart_service.models", description="Fetch and convert BART models.")
    commands = parser.add_subparsers(dest="command", required=True)
    get = commands.add_parser("fetch", help="fetch a model, or go on fetching it")
    get.add_argument("source", nargs="?", default=DEFAULT, help=f"OWNER/NAME on the hub, or a folder ({DEFAULT})")
    get.add_argument("--name", help="what to call it (the last part of SOURCE)")
    get.add_argument("--revision", default="main", help="branch, tag or commit on the hub")
    get.add_argument("--compute-type", nargs="*", default=["int8"], choices=FORMATS, help="conversions to make (int8)")
    commands.add_parser("list", help="list what is there, and verify it")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the exit status."""
    given = _parser().parse_args(arguments)
    try:
        settings = BartSettings.load()
    except SettingsError as error:
        say(str(error))
        return 2
    root = settings.model_folder().parent
    if given.command == "fetch" and not NAME.fullmatch(given.name or Path(given.source).name):
        say("give the model a --name of letters, digits, dots, dashes and underscores")
        return 2
    if given.command == "list":
        return min(1, _list(root))
    folder = root / (given.name or Path(given.source).name)
    try:
        say(f"{given.source} -> {folder}")
        made = fetch(given.source, folder, revision=given.revision, formats=given.compute_type)
    except (FetchError, EngineUnavailable) as error:
        say(f"\n{folder.name}: {error}")
        return 1
    except OSError as error:
        say(f"\n{folder.name}: {error.strerror or 'the disk refused a file'}")
        return 1
    size = sum(one.bytes for one in made.files.values()) / 1e6
    say(f"{folder.name} is complete: {size:,.0f} MB. BART_MODEL={folder.name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
