"""The reference of the catalog's benchmark: a FastAPI + SQLAlchemy service of the usual kind, on the same SQLite data.

Written as such services are: sync routes, a session a request by dependency, response models. No part of the product.
Run as `python -m benchmarks.catalog_one_hop DATABASE PORT`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import uvicorn
from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel, ConfigDict
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

engine = create_engine(f"sqlite:///{sys.argv[1]}", connect_args={"check_same_thread": False})
Sessions = sessionmaker(engine, autoflush=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Book(Base):
    __tablename__ = "books"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    author: Mapped[str]
    description: Mapped[str | None]
    isbn: Mapped[str | None]
    language: Mapped[str | None]
    publication_date: Mapped[str | None]
    page_count: Mapped[int]
    word_count: Mapped[int]
    source: Mapped[str | None]
    created_at: Mapped[str]
    updated_at: Mapped[str]


class Page(Base):
    __tablename__ = "pages"
    id: Mapped[int] = mapped_column(primary_key=True)
    book_id: Mapped[int]
    revision: Mapped[int]
    number: Mapped[int]
    text: Mapped[str]


class BookOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    title: str
    author: str
    description: str | None
    isbn: str | None
    language: str | None
    publication_date: str | None
    page_count: int
    word_count: int
    source: str | None
    created_at: str
    updated_at: str


class PageOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    book_id: int
    number: int
    text: str


def get_db() -> Iterator[Session]:
    db = Sessions()
    try:
        yield db
    finally:
        db.close()


DB = Depends(get_db)


@app.get("/books/", response_model=list[BookOut])
def read_books(skip: int = 0, limit: int = 20, db: Session = DB):  # type: ignore[no-untyped-def]
    return db.scalars(select(Book).offset(skip).limit(limit)).all()


@app.get("/books/{book_id}", response_model=BookOut)
def read_book(book_id: int, db: Session = DB):  # type: ignore[no-untyped-def]
    book = db.scalars(select(Book).where(Book.id == book_id)).first()
    if book is None:
        raise HTTPException(status_code=404, detail="Book not found")
    return book


@app.get("/books/{book_id}/pages/{page_number}", response_model=PageOut)
def read_page(book_id: int, page_number: int, db: Session = DB):  # type: ignore[no-untyped-def]
    page = db.scalars(select(Page).where(Page.book_id == book_id, Page.number == page_number)).first()
    if page is None:
        raise HTTPException(status_code=404, detail="Page not found")
    return page


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[2]), access_log=False, log_level="warning")
