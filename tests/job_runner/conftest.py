"""What tests of the job runner share."""

from tests.whole_jobs import (  # noqa: F401 - fixtures
    bart,
    book_id,
    library,
    make_runner,
    orders,
    second_bart,
    serve,
    settings,
    upstreams,
)
