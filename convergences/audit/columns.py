"""What an event says: the columns that the seal covers are those that the triggers keep."""

CONTENT = (
    "id",
    "at",
    "action",
    "actor_id",
    "actor_label",
    "subject_id",
    "subject_label",
    "organization_id",
    "application",
    "details",
    "address",
    "browser",
    "search_text",
)
