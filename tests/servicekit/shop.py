"""A little service about shoes, built as every service is; `python shop.py` serves it at SHOP_PORT under gunicorn."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, ClassVar

sys.path.insert(0, str(Path(__file__).parents[2]))

from flask import Flask, Response, request
from pydantic import Field
from pydantic_settings import SettingsConfigDict

from servicekit import deadline
from servicekit.app import build_app
from servicekit.operations import Content, Operation, Routes, json_content
from servicekit.pools import PoolSize
from servicekit.problems import all_problems
from servicekit.schemas import Line, Model, Text, Upload, WholeNumber
from servicekit.serve import serve
from servicekit.settings import ServiceSettings


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")
    owner: ClassVar[str] = "shop"

    size: int = Field(42, ge=16, le=52, description="A shoe's size.")
    pools: bool = Field(False, description="Whether uploads and writes have threads of their own, two each.")
    price: float = Field(1.0, ge=0, le=1000, description="What it costs.")


class ShoePath(Model):
    shoe_id: WholeNumber = Field(ge=1)


class SlugPath(Model):
    slug: str


class ShoesQuery(Model):
    size: WholeNumber = Field(42, ge=16, le=52, description="A shoe's size.")


class Shoe(Model):
    name: Line = Field(examples=["Derby"])
    story: Text | None = None
    size: int = 42


class PhotoForm(Model):
    file: Upload
    title: Line | None = None


OK = {200: Content("Anything.", dict[str, int], ("application/json",))}


def operation(name: str, method: str, path: str, **more: Any) -> Operation:
    return Operation(name, method, path, name, "shoes", more.pop("responses", OK), **more)


ADD_SHOE = operation("add_shoe", "POST", "/shoes/", body_type=Shoe, responses={201: json_content(Shoe, "The shoe.")})
REPLACE_SHOE = operation("replace_shoe", "PUT", "/shoes/{shoe_id}", path_type=ShoePath, body_type=Shoe)
READ_SHOE = operation("read_shoe", "GET", "/shoes/{shoe_id}", path_type=ShoePath)
LIST_SHOES = operation(
    "list_shoes", "GET", "/shoes/", query_type=ShoesQuery, responses={200: json_content(list[Shoe], "The shoes.")}
)
ADD_PHOTO = operation("add_photo", "POST", "/photos", form_type=PhotoForm, kind="upload")
SHOW_DEADLINE = operation("show_deadline", "GET", "/deadline")
FAIL = operation("fail", "GET", "/fail")
RAISE_PROBLEM = operation("raise_problem", "GET", "/problem/{slug}", path_type=SlugPath)
STREAM = operation("stream", "GET", "/stream", responses={200: Content("Parts.", str, ("text/plain",))})


def create_app(settings: Settings | None = None, checks: Any = None, public: bool = True) -> Flask:
    settings = settings or Settings()
    routes = Routes("shoes")

    @routes.implements(ADD_SHOE)
    def add_shoe(body: Shoe) -> Any:
        return body.model_dump(), 201

    @routes.implements(REPLACE_SHOE, validated=False)
    def replace_shoe(shoe_id: int) -> Any:
        return {"shoe_id": shoe_id, "sent": request.get_json()}

    @routes.implements(READ_SHOE)
    def read_shoe(shoe_id: int) -> Any:
        return {"shoe_id": shoe_id}

    @routes.implements(LIST_SHOES)
    def list_shoes(query: ShoesQuery) -> Any:
        return [{"name": "Derby", "story": None, "size": query.size}]

    @routes.implements(ADD_PHOTO)
    def add_photo(form: PhotoForm) -> Any:
        return {"bytes": len(form.file.stream.read())}

    @routes.implements(SHOW_DEADLINE)
    def show_deadline() -> Any:
        return {"seconds": deadline.remaining_s()}

    @routes.implements(FAIL)
    def fail() -> Any:
        story = "It was the best of shoes."
        try:
            int(story)
        except ValueError as error:
            raise KeyError(story) from error

    @routes.implements(RAISE_PROBLEM)
    def raise_problem(slug: str) -> Any:
        raise next(kind for kind in all_problems() if kind.slug == slug)("What to change.")

    @routes.implements(STREAM)
    def stream() -> Response:
        return Response(f"part {number}\n" for number in range(3))

    return build_app(
        name="shop",
        title="Shoes & <more>",
        description="A test.",
        settings=settings,
        blueprints=[routes],
        tags={"shoes": "Shoes."},
        checks=checks,
        public=public,
        pools={kind: PoolSize(2) for kind in ("write", "upload")} if settings.pools else None,
    )


if __name__ == "__main__":
    serve(Settings, create_app)
