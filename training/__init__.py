"""From a shelf of books to a folder that bart_service serves, with honest scores.

    scrape ─► extract ─► load ─► prepare ─► train ─► evaluate ─► export
    (texts)   (PDFs)  (catalog)  (pairs)    (model)  (report)    (folder for bart_service)

Each stage is a module with `main(config)`, a config class in `training.config`, and a command
`python -m training STAGE`. A stage writes its record (`STAGE.json`) last: the record's existence says that
the stage is complete. Not here: serving, and any import of a service.
"""
