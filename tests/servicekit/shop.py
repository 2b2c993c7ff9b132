"""A little service about shoes, built as every service is; `python shop.py` serves it at SHOP_PORT under gunicorn."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, ClassVar

sys.path.insert(0, str(Path(__file__).parents[2]))

from flask import Flask, Response, request
from flask_openapi import FileStorage
from pydantic import Field
from pydantic_settings import SettingsConfigDict

from servicekit import deadline
from servicekit.app import blueprint, build_app, documented_only
from servicekit.problems import all_problems
from servicekit.schemas import Line, Model, Text
from servicekit.serve import serve
from servicekit.settings import ServiceSettings


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")
    owner: ClassVar[str] = "shop"

    size: int = Field(42, ge=16, le=52, description="A shoe's size.")
    price: float = Field(1.0, ge=0, le=1000, description="What it costs.")


class ShoePath(Model):
    shoe_id: int = Field(ge=1)


class SlugPath(Model):
    slug: str


class Shoe(Model):
    name: Line
    story: Text | None = None
    size: int = 42


class PhotoForm(Model):
    file: FileStorage
    title: Line | None = None


def create_app(settings: Settings | None = None, checks: Any = None, public: bool = True) -> Flask:
    api = blueprint("shoes", tag="shoes", description="Shoes.", failures=[404])

    @api.post("/shoes/", responses={201: Shoe})
    def add_shoe(body: Shoe) -> Any:
        return body.model_dump(), 201

    @api.put("/shoes/<shoe_id>", responses={200: Shoe})
    @documented_only
    def replace_shoe(path: ShoePath, body: Shoe, shoe_id: str) -> Any:
        return {"shoe_id": shoe_id, "sent": request.get_json()}

    @api.get("/shoes/<shoe_id>")
    def read_shoe(path: ShoePath) -> Any:
        return {"shoe_id": path.shoe_id}

    @api.post("/photos")
    @documented_only
    def add_photo(form: PhotoForm) -> Any:
        return {"bytes": len(request.files["file"].read())}

    @api.get("/deadline")
    def show_deadline() -> Any:
        return {"seconds": deadline.remaining_s()}

    @api.get("/fail")
    def fail() -> Any:
        story = "It was the best of shoes."
        try:
            int(story)
        except ValueError as error:
            raise KeyError(story) from error

    @api.get("/problem/<slug>")
    @documented_only
    def raise_problem(path: SlugPath, slug: str) -> Any:
        raise next(kind for kind in all_problems() if kind.slug == slug)("What to change.")

    @api.get("/stream")
    def stream() -> Response:
        return Response(f"part {number}\n" for number in range(3))

    return build_app(
        name="shop",
        title="Shoes & <more>",
        description="A test.",
        settings=settings or Settings(),
        blueprints=[api],
        checks=checks,
        public=public,
    )


if __name__ == "__main__":
    serve(Settings, create_app)
