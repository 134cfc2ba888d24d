"""What `publishContent` answers."""

from __future__ import annotations

import strawberry

from schema.types.content import Content
from schema.types.publishing import PublishTarget


@strawberry.type(description="A piece on its way, and the targets it goes to.")
class PublishResult:
    """At once; follow the targets with `publishProgress`."""

    content: Content
    targets: list[PublishTarget]
