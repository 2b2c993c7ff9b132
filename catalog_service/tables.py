"""The tables as peewee models. The migrations make them; these only name them."""

from __future__ import annotations

from peewee import (
    AutoField,
    BigIntegerField,
    CompositeKey,
    DoubleField,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)


class Book(Model):
    """A book's metadata; `revision` is the present one of its text. Lists are kept as JSON."""

    id = AutoField()
    title = TextField()
    author = TextField()
    description = TextField(null=True)
    isbn = TextField(null=True)
    language = TextField(null=True)
    publication_date = TextField(null=True)
    page_count = IntegerField(default=0)
    word_count = IntegerField(default=0)
    source = TextField(null=True)
    created_at = TextField()
    updated_at = TextField()
    format = TextField(null=True)
    revision = IntegerField(default=1)
    subtitle = TextField(null=True)
    authors = TextField(default="[]")
    contributors = TextField(default="[]")
    series = TextField(null=True)
    series_index = DoubleField(null=True)
    publisher = TextField(null=True)
    subjects = TextField(default="[]")
    warnings = TextField(default="[]")
    text_source = TextField(default="embedded")
    title_key = TextField(default="")
    author_key = TextField(default="")
    file_sha256 = TextField(null=True, unique=True)
    file_bytes = BigIntegerField(null=True)

    class Meta:
        table_name = "books"


class Page(Model):
    """A page of one revision of a book."""

    id = AutoField()
    book = ForeignKeyField(Book, column_name="book_id", on_delete="CASCADE")
    revision = IntegerField()
    number = IntegerField()
    text = TextField()
    word_count = IntegerField()
    problem = TextField(null=True)
    images = TextField(null=True)
    checksum = BigIntegerField(default=0)

    class Meta:
        table_name = "pages"


class Chapter(Model):
    """A chapter of one revision of a book."""

    book = ForeignKeyField(Book, column_name="book_id", on_delete="CASCADE")
    revision = IntegerField()
    number = IntegerField()
    title = TextField()
    first_page = IntegerField()
    last_page = IntegerField()
    share = DoubleField()
    confidence = DoubleField()
    source = TextField()
    first_offset = IntegerField(default=0)
    level = IntegerField(default=1)

    class Meta:
        table_name = "chapters"
        primary_key = CompositeKey("book", "revision", "number")


class Receipt(Model):
    """The answer that a request with an `Idempotency-Key` had."""

    caller = TextField(default="")
    key = TextField()
    fingerprint = TextField()
    status = IntegerField()
    book_id = BigIntegerField()
    body = TextField()
    created_at = TextField()

    class Meta:
        table_name = "receipts"
        primary_key = CompositeKey("caller", "key")


class Import(Model):
    """An import that its client does not wait for. Times named `_at` are ISO 8601, `lease_until` is epoch seconds.

    Of one that is queued, `lease_until` is the time before which it is not begun. `sha256` names the file in `pending/`
    until it is not needed any more.
    """

    id = TextField(primary_key=True)
    caller = TextField()
    key = TextField(null=True)
    fingerprint = TextField()
    source = TextField()
    said = TextField()
    sha256 = TextField(null=True)
    bytes = BigIntegerField()
    state = TextField()
    pages_done = IntegerField(default=0)
    pages_total = IntegerField(null=True)
    attempts = IntegerField(default=0)
    lease_owner = TextField(null=True)
    lease_until = DoubleField(null=True)
    book_id = BigIntegerField(null=True)
    problem = TextField(null=True)
    created_at = TextField()
    started_at = TextField(null=True)
    finished_at = TextField(null=True)

    class Meta:
        table_name = "imports"


class Counter(Model):
    """A count that would be slow to take again for each answer."""

    name = TextField(primary_key=True)
    value = BigIntegerField()

    class Meta:
        table_name = "counters"


MODELS = (Book, Page, Chapter, Receipt, Counter, Import)
